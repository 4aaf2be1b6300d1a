import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventId, newId } from "#commands/kernel/command-id.ts";
import type { EventLog, NewEvent } from "#commands/ports/event-log.ts";
import { postgresLeases } from "#infra/postgres/leases.ts";
import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { explorer } from "#projections/audit/explorer.ts";
import type { Projection } from "#projections/kernel/projection.ts";
import { runProjections } from "#projections/kernel/run.ts";
import { watchProjections } from "#projections/kernel/watch.ts";
import { tasks } from "#projections/tasks/tasks.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import type { Row } from "./rows.ts";

const count = 200_000;

/** How fast read models catch up with a log of real-looking events in SQLite, with real rows and all indexes. */
export const benchProjection = async (): Promise<Row[]> => {
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(await mkdtemp(join(tmpdir(), "waybill-bench-")), (folder) => rm(folder, { recursive: true }));
  const log = opened.use(openSqliteLog(join(folder, "log.sqlite")));
  for (let first = 0; first < count; first += 20_000)
    await Promise.all(Array.from({ length: 5000 }, (_, index) => published(log, first / 4 + index)));
  return [
    { name: "explorer catches up", value: await caughtUp(explorer, log), unit: "events/s", goal: "≥ 50,000" },
    { name: "tasks catch up (three events of four)", value: await caughtUp(tasks, log), unit: "events/s" },
  ];
};

export const caughtUp = async (projection: Projection, log: EventLog): Promise<number> => {
  await using opened = new AsyncDisposableStack();
  const { url } = opened.use(await freshDatabase());
  const pool = opened.adopt(openPool({ connectionString: url }), (pool) => pool.end());
  const watched = opened.use(watchProjections({ projections: [projection], database: databaseOver(pool), leases: postgresLeases(databaseOver(pool)), log }));
  const head = await log.head();
  const began = performance.now();
  opened.use(runProjections(watched, { owner: "bench" }));
  const { stale } = await watched.reached(projection.name, head, 600_000);
  if (stale) throw new Error(`${projection.name} did not catch up`);
  return Math.round((head / (performance.now() - began)) * 1000);
};

/** An add, and the three events of its publication's task. */
export const published = async (log: EventLog, number: number): Promise<void> => {
  const task = newId();
  const sha256 = randomBytes(32).toString("hex");
  const target = { path: `pool/main/a/apt/apt_2.${number}_amd64.deb`, length: 1_000_000 + number, hashes: { sha256 } };
  await append(log, `trust.targets-demo${number % 50}`, [
    { type: "trust.TargetsAdded.v1", data: { repository: "demo", targets: [target], task } },
  ]);
  await append(log, `tasks.task-${task}`, [
    { type: "tasks.TaskQueued.v1", data: { task, kind: "publication", subject: "demo", input: { reason: "targets were added" } } },
    { type: "tasks.TaskLeased.v1", data: { task, worker: "worker-1", attempt: 1, expires: "2027-01-01T00:00:00.000Z" } },
    { type: "tasks.TaskSucceeded.v1", data: { task, attempt: 1, result: { files: [{ role: "timestamp", version: number, sha256 }] } } },
  ]);
};

const append = async (log: EventLog, stream: string, events: readonly Omit<NewEvent, "id">[]): Promise<void> => {
  const commandId = newId();
  const cause = { actor: `token:${newId()}`, reason: "release 1.2", commandId, correlationId: newId(), causationId: newId() };
  await log.append(stream, events.map(({ type, data }, index) => ({ id: eventId(commandId, index), type, data })), { expected: "any", cause });
};
