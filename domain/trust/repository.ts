import type { z } from "zod";
import { type Decider, type Refusal, refuse } from "#domain/kernel/decider.ts";
import { type BinKey, binNames } from "./bins.ts";
import type { IssuedFile, MetadataPublished, RepositoryEstablished, RepositoryEvent, Settings } from "./events.ts";
import type { SnapshotFile } from "./metadata.ts";
import { type Role, thresholdMet } from "./signed.ts";

type Established = z.infer<typeof RepositoryEstablished>;
type Published = z.infer<typeof MetadataPublished>;

/** What a publication says, whoever's it is. */
export type Publication = Pick<Published, "covers" | "files">;

/** A repository's trust and the present version of all of its metadata: what a publisher needs to know. */
export interface Repository {
  readonly settings: Settings;
  readonly binKey: BinKey;
  /** Who signs what, by the trusted root. */
  readonly signers: { readonly targets: Role; readonly snapshot: Role; readonly timestamp: Role };
  /** Revision of the targets stream that clients can see; -1 for nothing yet. */
  readonly covers: number;
  /** Every role but root, names that were ever listed included. */
  readonly roles: ReadonlyMap<string, RoleVersion>;
  readonly snapshot: SnapshotFile | null;
}

export interface RoleVersion {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export type RepositoryCommand =
  | ({ readonly type: "EstablishRepository"; readonly established: Omit<Established, "type"> } & Publication)
  | ({ readonly type: "RecordPublication"; readonly repository: string } & Publication);

export type RepositoryRefusal =
  | "REPOSITORY_EXISTS"
  | "REPOSITORY_NOT_FOUND"
  | "COVERS_GOES_BACK"
  | "ROLE_UNKNOWN"
  | "VERSION_NOT_NEXT"
  | "THRESHOLD_NOT_MET"
  | "FILES_OUT_OF_ORDER"
  | "PUBLICATION_INCOMPLETE";

const decide = (command: RepositoryCommand, repository: Repository | null): readonly RepositoryEvent[] | Refusal<RepositoryRefusal> => {
  switch (command.type) {
    case "EstablishRepository": {
      const established: Established = { type: "RepositoryEstablished", ...command.established };
      if (repository) return refuse("REPOSITORY_EXISTS", `Repository ${established.repository} exists already`, { repository: established.repository });
      if (!thresholdMet(established.root.signed.roles.root, established.root.signatures)) return thresholdNotMet("root");
      return publish(established.repository, command, begun(established), [established]);
    }
    case "RecordPublication":
      if (!repository) return refuse("REPOSITORY_NOT_FOUND", `There is no repository ${command.repository}`, { repository: command.repository });
      return publish(command.repository, command, repository);
  }
};

const publish = (repository: string, { covers, files }: Publication, state: Repository, before: readonly RepositoryEvent[] = []) =>
  refusal({ covers, files }, state) ?? [...before, { type: "MetadataPublished" as const, repository, covers, files }];

const evolve = (repository: Repository | null, event: RepositoryEvent): Repository | null => {
  switch (event.type) {
    case "RepositoryEstablished":
      return begun(event);
    case "MetadataPublished":
      return repository && published(repository, event);
  }
};

/** One stream `trust.repository-<name>`. */
export const repositoryDecider: Decider<RepositoryCommand, Repository | null, RepositoryEvent, RepositoryRefusal> = {
  initialState: null,
  decide,
  evolve,
};

/** A repository whose trust has begun and which has published nothing. */
export const begun = ({ settings, binKey, root: { signed } }: Omit<Established, "type">): Repository => ({
  settings,
  binKey,
  signers: signed.roles,
  covers: -1,
  roles: new Map(),
  snapshot: null,
});

const published = (repository: Repository, { covers, files }: Publication): Repository => {
  const roles = new Map(repository.roles);
  for (const { role, version, expires } of files) roles.set(role, { version, expires: Date.parse(expires) });
  return { ...repository, covers, roles, snapshot: files.find(({ role }) => role === "snapshot") ?? repository.snapshot };
};

/** Names never vanish from the snapshot (TUF 1.0.34 §5.5.5), since it lists `roles`, which only grow. */
const refusal = (publication: Publication, repository: Repository): Refusal<RepositoryRefusal> | null => {
  if (publication.covers < repository.covers)
    return refuse("COVERS_GOES_BACK", "A publication covers at least what the last one covered", { covers: repository.covers, offered: publication.covers });
  const names = new Set([...binNames(repository.settings), "targets", "snapshot", "timestamp"]);
  for (const file of publication.files) {
    const fault = fileFault(file, repository, names);
    if (fault) return fault;
  }
  return orderFault(publication.files) ?? missingFault(publication.files, repository, names);
};

const fileFault = (file: IssuedFile, repository: Repository, names: ReadonlySet<string>): Refusal<RepositoryRefusal> | null => {
  const { role, version } = file;
  if (!names.has(role)) return refuse("ROLE_UNKNOWN", `${role} is no role of this repository`, { role });
  const current = repository.roles.get(role)?.version ?? 0;
  if (version !== current + 1)
    return refuse("VERSION_NOT_NEXT", `${role} is at version ${current}: neither repeat nor skip one`, { role, version: current, offered: version });
  return thresholdMet(signerOf(repository, role), file.signatures) ? null : thresholdNotMet(role);
};

/** Whose signatures make a file of this role good. */
export const signerOf = ({ signers, binKey }: Repository, role: string): Role => {
  if (role === "targets" || role === "snapshot" || role === "timestamp") return signers[role];
  return { keyids: [binKey.keyid], threshold: 1 };
};

/** TUF 1.0.34 §6.3: what is named goes before what names it; and each role once. */
const orderFault = (files: readonly IssuedFile[]): Refusal<RepositoryRefusal> | null => {
  const ordered = files.every(({ role }, index) => index === 0 || rank(role) >= rank(files[index - 1]?.role ?? ""));
  if (!ordered || new Set(files.map(({ role }) => role)).size < files.length)
    return refuse("FILES_OUT_OF_ORDER", "Bins, targets, snapshot, timestamp: in this order, each once");
  return null;
};

const order = ["targets", "snapshot", "timestamp"];
const rank = (role: string): number => order.indexOf(role);

const missingFault = (files: readonly IssuedFile[], repository: Repository, names: ReadonlySet<string>): Refusal<RepositoryRefusal> | null => {
  const issued = new Set(files.map(({ role }) => role));
  const missing = [...names].filter((name) => !issued.has(name) && !repository.roles.has(name));
  if (!issued.has("timestamp")) missing.push("timestamp");
  if (!issued.has("snapshot") && issued.size > 1) missing.push("snapshot");
  if (missing.length === 0) return null;
  return refuse("PUBLICATION_INCOMPLETE", `Clients would not find ${missing.slice(0, 3).join(", ")}`, { missing: [...new Set(missing)] });
};

const thresholdNotMet = (role: string) => refuse("THRESHOLD_NOT_MET", `Too few of the keys of ${role} signed it`, { role });
