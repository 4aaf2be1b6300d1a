import { readFile } from "node:fs/promises";
import type { PackageVersion } from "#domain/graph/events.ts";
import { type Encoded, encode } from "#api/cli/client.ts";
import { recordVersions } from "#api/cli/operations/graph.ts";
import type { Done } from "#api/cli/operations/shared.ts";
import { addTargets } from "#api/cli/operations/trust.ts";
import { Batches } from "./batches.ts";
import { readDebianIndex } from "./debian-index.ts";
import { readDecompressed } from "./decompress.ts";
import { readNpmLock } from "./npm-lock.ts";
import type { IndexedTarget, PackageEntry } from "./package-entry.ts";

/** A file to import, and how. */
export interface Source {
  readonly kind: "deb" | "npm";
  readonly file: string;
  /** As the events will name it. */
  readonly source: string;
  readonly repository: string;
  readonly reason: string | undefined;
  /** Entries of a command, at most. */
  readonly batch: number;
}

/** One command, ready to be sent. */
export interface Prepared {
  /** Entries in it. */
  readonly items: number;
  readonly command: Encoded<Done>;
}

export interface Loaded {
  readonly targets: number;
  readonly versions: number;
  readonly commands: readonly Prepared[];
}

// An event of the log has 900 KB at most, and a command becomes one event.
const bytesOfCommand = 600_000;

/**
 * Reads the whole file before anything is sent, so that a broken one changes nothing. What is kept are the commands as the
 * bytes that will be sent: a third of the memory that their objects take.
 */
export const loadIndex = async ({ kind, file, source, repository, reason, batch }: Source): Promise<Loaded> => {
  const commands: Prepared[] = [];
  const limits = { items: batch, bytes: bytesOfCommand };
  const targets = new Batches<IndexedTarget>(limits, sizeOfTarget, (items) => {
    const { body, read } = encode(addTargets, { input: { repository, targets: items, publish: false, reason } });
    commands.push({ items: items.length, command: { body, read: (data) => read(data).addTargets } });
  });
  const versions = versionBatches({ ecosystem: kind, source, reason, batch }, commands);
  const counts = { targets: 0, versions: 0 };
  for await (const { target, version } of entriesOf(kind, file)) {
    if (target) counts.targets++;
    if (target) targets.add(target);
    counts.versions++;
    versions.add(version);
  }
  targets.flush();
  versions.flush();
  return { ...counts, commands };
};

/** The versions alone, without targets of a repository. */
export const loadVersions = async ({ kind, file, source, reason }: Pick<Source, "kind" | "file" | "source" | "reason">): Promise<{ readonly versions: number; readonly commands: readonly Prepared[] }> => {
  const commands: Prepared[] = [];
  const batches = versionBatches({ ecosystem: kind, source, reason, batch: 1000 }, commands);
  let versions = 0;
  for await (const { version } of entriesOf(kind, file)) {
    versions++;
    batches.add(version);
  }
  batches.flush();
  return { versions, commands };
};

interface Versions {
  readonly ecosystem: Source["kind"];
  readonly source: string;
  readonly reason: string | undefined;
  readonly batch: number;
}

const versionBatches = ({ ecosystem, source, reason, batch }: Versions, commands: Prepared[]) =>
  new Batches<PackageVersion>({ items: batch, bytes: bytesOfCommand }, sizeOfVersion, (items) => {
    const { body, read } = encode(recordVersions, { input: { ecosystem, source, versions: items, reason } });
    commands.push({ items: items.length, command: { body, read: (data) => read(data).recordVersions } });
  });

async function* entriesOf(kind: Source["kind"], file: string): AsyncGenerator<PackageEntry> {
  if (kind === "npm") yield* readNpmLock(file, await readFile(file, "utf8"));
  else for await (const entries of readDebianIndex(file, readDecompressed(file))) yield* entries;
}

// What the JSON around the texts takes, generously.
const sizeOfTarget = ({ path }: IndexedTarget): number => path.length + 140;
const sizeOfVersion = ({ key, integrity = "", dependencies }: PackageVersion): number =>
  dependencies.reduce(
    (sum, { relation, requirement }) => sum + relation.length + requirement.length + 40,
    key.length + integrity.length + 60,
  );
