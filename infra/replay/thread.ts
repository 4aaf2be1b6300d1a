import { parentPort, workerData } from "node:worker_threads";
import { openDatabase } from "#infra/postgres/open-database.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import { projections } from "#infra/projections.ts";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { replay, type ReplayTold } from "#projections/kernel/replay/replay.ts";
import type { Given } from "./in-thread.ts";

const tell = async (told: ReplayTold) => parentPort?.postMessage(told);

/** One replay, from its beginning to its end; any message from outside stops it. */
const run = async ({ stores: { connect, file }, asked }: Given, stop: AbortSignal): Promise<void> => {
  await using log = file === null ? await openPostgresLog({ connect }) : openSqliteLog(file);
  await using database = openDatabase(connect, 8);
  await replay({ projections, log, database }, asked, tell, stop);
};

const stop = new AbortController();
parentPort?.once("message", () => stop.abort());
try {
  await run(workerData, stop.signal);
} catch (error) {
  if (!stop.signal.aborted) throw error;
} finally {
  parentPort?.close();
}
