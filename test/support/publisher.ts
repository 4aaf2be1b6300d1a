import { isRefusal } from "#domain/kernel/decider.ts";
import { binOf } from "#domain/trust/bins.ts";
import type { RepositoryEvent, Settings, TargetsEvent } from "#domain/trust/events.ts";
import { type Contents, fileBytes, publishedBytes, targetEntries } from "#domain/trust/metadata.ts";
import { planPublication } from "#domain/trust/publication.ts";
import { begun, type Repository, repositoryDecider } from "#domain/trust/repository.ts";
import { firstRoot, rootPart } from "#domain/trust/root.ts";
import type { Target } from "#domain/trust/target.ts";
import { type TargetsCommand, targetsDecider } from "#domain/trust/targets.ts";
import { issueMetadata } from "#commands/trust/issue-metadata.ts";
import { memorySigner } from "./memory-signer.ts";

/** A repository in memory: what happened to it, as both of its streams tell it. */
export interface History {
  readonly repository: readonly RepositoryEvent[];
  readonly targets: readonly TargetsEvent[];
}

export const settingsOf = (changes: Partial<Settings> = {}): Settings => ({
  bins: 4,
  binForm: "succinct",
  binPrefix: "bins",
  expires: { root: 365 * 86_400, targets: 365 * 86_400, snapshot: 7 * 86_400, timestamp: 86_400, bins: 90 * 86_400 },
  ...changes,
});

/** A publisher without a log, a clock or a disk; `now` is in milliseconds. */
export const publisher = async (settings: Settings, now: number) => {
  const signer = memorySigner();
  const [rootKey, onlineKey] = [await signer.generate("root"), await signer.generate("online")];
  const signed = firstRoot({ rootKey, onlineKey, now, expires: settings.expires.root });
  const root = { signed, signatures: [await signer.sign(rootKey.keyid, rootPart(signed))] };
  const established = { repository: "demo", settings, root, binKey: onlineKey };
  const repositoryEvents: RepositoryEvent[] = [];
  const targetsEvents: TargetsEvent[] = [];
  let state: Repository = begun(established);

  const record = (events: ReturnType<typeof repositoryDecider.decide>) => {
    if (isRefusal(events)) throw new Error(events.refused, { cause: events });
    repositoryEvents.push(...events);
    state = events.reduce(repositoryDecider.evolve, state) ?? state;
  };

  const issue = async (covers: number, at: number) => {
    const plan = planPublication(state, { covers, touched: touchedBins(targetsEvents.slice(state.covers + 1, covers + 1), settings) }, at);
    const bins = binsAt(targetsEvents, covers, settings);
    return { covers, files: await issueMetadata(signer)(state, plan, (bin) => targetEntries(bins.get(bin) ?? [])) };
  };

  record(repositoryDecider.decide({ type: "EstablishRepository", established, ...(await issue(-1, now)) }, null));

  return {
    history: (): History => ({ repository: [...repositoryEvents], targets: [...targetsEvents] }),
    state: () => state,
    change: (command: TargetsCommand) => {
      const events = targetsDecider.decide(command, targetsEvents.reduce(targetsDecider.evolve, targetsDecider.initialState));
      if (!isRefusal(events)) targetsEvents.push(...events);
      return events;
    },
    /** Makes the targets stream visible up to a revision, all of it where absent; nothing to do records nothing. */
    publish: async (at: number, covers = targetsEvents.length - 1) => {
      const publication = await issue(Math.max(covers, state.covers), at);
      if (publication.files.length > 0) record(repositoryDecider.decide({ type: "RecordPublication", repository: "demo", ...publication }, state));
    },
  };
};

/** Every file that clients could ask for after the last event, by name: what a read model makes of the log. */
export const servedFiles = ({ repository: [established, ...publications], targets }: History): ReadonlyMap<string, Buffer> => {
  if (established?.type !== "RepositoryEstablished") throw new Error("a history begins with RepositoryEstablished");
  const { settings, binKey, root } = established;
  const files = new Map([["1.root.json", fileBytes(rootPart(root.signed), root.signatures)]]);
  const versions = new Map<string, number>();
  let snapshot: Contents["snapshot"] = null;
  for (const event of publications) {
    if (event.type !== "MetadataPublished") throw new Error(`${event.type} comes once`);
    const bins = binsAt(targets, event.covers, settings);
    for (const { role, version } of event.files) versions.set(role, version);
    snapshot = event.files.find(({ role }) => role === "snapshot") ?? snapshot;
    for (const file of event.files)
      files.set(fileName(file), publishedBytes(file, { settings, binKey, versions, snapshot, targets: (bin) => targetEntries(bins.get(bin) ?? []) }));
  }
  return files;
};

export const fileName = ({ role, version }: { role: string; version: number }): string =>
  role === "timestamp" ? "timestamp.json" : `${version}.${role}.json`;

/** The history up to each of its publications, oldest first. */
export const publishedStates = ({ repository, targets }: History): readonly History[] =>
  repository.flatMap(({ type }, index) => (type === "MetadataPublished" ? [{ repository: repository.slice(0, index + 1), targets }] : []));

/** What is listed at a revision of the targets stream: by path, then by bin. */
export const targetsAt = (events: readonly TargetsEvent[], revision: number): ReadonlyMap<string, Target> => {
  const present = new Map<string, Target>();
  for (const event of events.slice(0, revision + 1))
    if (event.type === "TargetsAdded") for (const target of event.targets) present.set(target.path, target);
    else for (const path of event.paths) present.delete(path);
  return present;
};

const binsAt = (events: readonly TargetsEvent[], revision: number, settings: Settings) =>
  Map.groupBy(targetsAt(events, revision).values(), ({ path }) => binOf(path, settings));

export const touchedBins = (events: readonly TargetsEvent[], settings: Settings): ReadonlySet<string> =>
  new Set(events.flatMap((event) => (event.type === "TargetsAdded" ? event.targets.map(({ path }) => path) : event.paths)).map((path) => binOf(path, settings)));
