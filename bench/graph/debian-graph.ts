import { globSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDebianIndex } from "#api/cli/import/debian-index.ts";
import { readDecompressed } from "#api/cli/import/decompress.ts";
import { eventId, newId } from "#commands/kernel/command-id.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { type PackageVersion, versionsCodec, versionsStream } from "#domain/graph/events.ts";
import { postgresLeases } from "#infra/postgres/leases.ts";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { graph } from "#projections/graph/graph.ts";
import { runProjections } from "#projections/kernel/run.ts";
import { watchProjections } from "#projections/kernel/watch.ts";
import type { Database } from "#projections/ports/sql.ts";

export const debianIndexes = (): readonly string[] => globSync("/var/lib/apt/lists/*_bookworm_main_binary-*_Packages*");

export interface DebianGraph {
  /** From the first event to the last row. */
  readonly seconds: number;
  readonly head: number;
  /** Every tenth version had lost its dependencies then, and has them again now. */
  readonly earlier: number;
}

/** The index in the read model: recorded whole, then a tenth of it without its dependencies, then that tenth as it was. */
export const debianGraph = async (database: Database, index: string): Promise<DebianGraph> => {
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(await mkdtemp(join(tmpdir(), "waybill-bench-")), (folder) => rm(folder, { recursive: true }));
  const log = opened.use(openSqliteLog(join(folder, "log.sqlite")));
  const versions: PackageVersion[] = [];
  for await (const entries of readDebianIndex(index, readDecompressed(index))) versions.push(...entries.map(({ version }) => version));
  await record(log, versions);
  const watched = opened.use(watchProjections({ projections: [graph], database, leases: postgresLeases(database), log }));
  const began = performance.now();
  opened.use(runProjections(watched, { owner: "bench" }));
  await reached(watched, await log.head());
  const seconds = (performance.now() - began) / 1000;
  const tenth = versions.filter((_, place) => place % 10 === 0);
  await record(log, tenth.map(({ key }) => ({ key, dependencies: [] })));
  const earlier = await log.head();
  await record(log, tenth);
  const head = await log.head();
  await reached(watched, head);
  await database.query({ text: "vacuum analyze graph.links" });
  await database.query({ text: "vacuum analyze graph.nodes" });
  return { seconds, head, earlier };
};

const reached = async (watched: ReturnType<typeof watchProjections>, position: number): Promise<void> => {
  const { stale } = await watched.reached(graph.name, position, 600_000);
  if (stale) throw new Error("the graph did not catch up");
};

const record = async (log: EventLog, versions: readonly PackageVersion[]): Promise<void> => {
  for (let first = 0; first < versions.length; first += 1000) {
    const commandId = newId();
    const cause = { actor: "system:bench", commandId, correlationId: newId(), causationId: newId() };
    const event = { type: "VersionsRecorded", ecosystem: "deb", source: "Packages", versions: versions.slice(first, first + 1000) } as const;
    await log.append(versionsStream("deb"), [{ id: eventId(commandId, 0), ...versionsCodec.encode(event) }], { expected: "any", cause });
  }
};
