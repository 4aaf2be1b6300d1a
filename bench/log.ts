import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventLog } from "#commands/ports/event-log.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { startPostgres } from "#test/support/postgres.ts";
import { emmettOn } from "./log/beside.ts";
import { callersOf, type Load, rate, readRate } from "./log/load.ts";
import { inTurns, type Measure, timed } from "./measure.ts";
import type { Row } from "./rows.ts";

const single: Load = { callers: 32, eventsPerAppend: 1, milliseconds: 1500 };
const hundred: Load = { callers: 8, eventsPerAppend: 100, milliseconds: 1500 };
const rounds = 5;

/** How fast the log's engines append and read, PostgreSQL's beside Emmett's on the same server. Everything is flushed to the disk. */
export const benchLog = async (): Promise<Row[]> => {
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(await mkdtemp(join(tmpdir(), "waybill-bench-")), (folder) => rm(folder, { recursive: true }));
  const sqlite = opened.use(openSqliteLog(join(folder, "log.sqlite")));
  const server = opened.use(await startPostgres({ fsync: true }));
  const postgres = opened.use(await openPostgresLog({ connect: { connectionString: server.url } }));
  const emmett = opened.use(emmettOn(server.url));
  const measures: Measure<Load>[] = [(load) => appended(sqlite, load), (load) => appended(postgres, load), emmett.rate];
  return [
    ...rows("single events, 32 callers", await inTurns(single, measures, rounds), ["≥ 40,000", "≥ 15,000 and 5 times Emmett"]),
    ...rows("100 events per append, 8 callers", await inTurns(hundred, measures, rounds), ["≥ 45,000", "≥ 45,000"]),
    { name: "sqlite: read everything", value: await readRate(sqlite), unit: "events/s" },
    { name: "postgres: read everything", value: await readRate(postgres), unit: "events/s" },
    await millionAgain(join(folder, "million.sqlite")),
  ];
};

const appended = (log: EventLog, load: Load): Promise<number> => rate(callersOf(log, load.callers), load);

const rows = (what: string, [sqlite = 0, postgres = 0, emmett = 0]: readonly number[], [first = "", second = ""]: readonly string[]): Row[] => [
  { name: `sqlite: ${what}`, value: sqlite, unit: "events/s", goal: first },
  {
    name: `postgres: ${what}`,
    value: postgres,
    unit: "events/s",
    goal: second,
    versus: { name: "Emmett", value: emmett, ratio: Math.round((postgres / emmett) * 10) / 10 },
  },
];

/** A log of a million events whose process was killed: how long until it answers and takes an append. */
const millionAgain = async (file: string): Promise<Row> => {
  await once(spawn(process.execPath, [join(import.meta.dirname, "log/million.ts"), file], { stdio: "inherit" }), "exit");
  const { ms, answer } = await timed(async () => {
    await using log = openSqliteLog(file);
    await appended(log, { callers: 1, eventsPerAppend: 1, milliseconds: 1 });
    return await log.head();
  });
  const name = `sqlite: ${answer.toLocaleString("en")} events, from a kill to the next append`;
  return { name, value: Math.round(ms), unit: "ms", goal: "≤ 5,000" };
};

if (import.meta.main) for (const row of await benchLog()) console.log(JSON.stringify(row));
