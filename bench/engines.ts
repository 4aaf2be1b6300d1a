import { Client } from "pg";
import { startPostgres } from "#test/support/postgres.ts";
import type { BenchEngine, Candidate } from "./engines/engine.ts";
import { eventstoredb } from "./engines/eventstoredb.ts";
import { kafka } from "./engines/kafka.ts";
import { lags } from "./engines/lag.ts";
import { postgres } from "./engines/postgres.ts";
import { sqlite } from "./engines/sqlite.ts";
import { emmettOn } from "./log/beside.ts";
import { callersOf, type Load, rate, readRate } from "./log/load.ts";
import { inTurns, type Measure, percentile } from "./measure.ts";
import type { Row } from "./rows.ts";

const engines: readonly BenchEngine[] = [sqlite, postgres, eventstoredb, kafka];

const single = (callers: number): Load => ({ callers, eventsPerAppend: 1, milliseconds: 1500 });
const hundred: Load = { callers: 8, eventsPerAppend: 100, milliseconds: 1500 };
const rounds = 4;
// An index behind a log takes as long to catch up.
const pause = 700;

interface Contestant extends BenchEngine, Candidate {
  readonly database: string;
}

/** Every engine that this machine has, beside the raw client of its server and Emmett's PostgreSQL store, in one run and in turns. */
export const benchEngines = async (): Promise<Row[]> => {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await startPostgres({ fsync: true }));
  const contestants: Contestant[] = [];
  for (const engine of engines) {
    const database = await databaseFor(server.url, engine.name);
    const candidate = await engine.open(database);
    if (typeof candidate === "string") process.stderr.write(`${engine.name}: not run here: ${candidate}\n`);
    else contestants.push({ ...engine, ...opened.use(candidate), database });
  }
  const emmett = opened.use(emmettOn(await databaseFor(server.url, "emmett")));
  const rows: Row[] = [];
  for (const contestant of contestants) rows.push(...(await lagRows(contestant)));
  for (const callers of [32, 256] as const) rows.push(...(await singleRows(contestants, emmett.rate, callers)));
  rows.push(...(await hundredRows(contestants, emmett.rate)));
  for (const { name, log } of contestants) rows.push({ name: `${name}: catch-up`, value: await readRate(log, 200_000), unit: "events/s" });
  return rows;
};

const databaseFor = async (url: string, name: string): Promise<string> => {
  const client = new Client(url);
  await client.connect();
  await client.query(`create database "bench_${name}"`);
  await client.end();
  const database = new URL(url);
  database.pathname = `/bench_${name}`;
  return database.href;
};

const lagRows = async ({ name, log, database }: Contestant): Promise<Row[]> => {
  const samples = await lags(log, database, 300);
  return ([["p50", 0.5], ["p99", 0.99]] as const).map(([label, share]) => ({
    name: `${name}: append to read model, ${label}`, value: percentile(samples, share), unit: "ms",
  }));
};

const appended = ({ log }: Candidate): Measure<Load> => (load) => rate(callersOf(log, load.callers), load);

const singleRows = async (contestants: readonly Contestant[], emmett: Measure<Load>, callers: 32 | 256): Promise<Row[]> => {
  const [beside = Number.NaN, ...values] = await inTurns(single(callers), [emmett, ...contestants.map(appended)], rounds, pause);
  return contestants.map(({ name, goals }, index): Row => {
    const goal = goals?.[callers];
    return { ...versus(`${name}: single events, ${callers} callers`, values[index], "Emmett", beside), ...(goal === undefined ? {} : { goal }) };
  });
};

const hundredRows = async (contestants: readonly Contestant[], emmett: Measure<Load>): Promise<Row[]> => {
  const raw = contestants.map(({ raw }): Measure<Load> => (load) => rate(raw.callers(load.callers), load));
  const [beside = Number.NaN, ...values] = await inTurns(hundred, [emmett, ...raw, ...contestants.map(appended)], rounds, pause);
  return contestants.flatMap(({ name, raw }, index): Row[] => {
    const [rawValue = Number.NaN, value] = [values[index], values[contestants.length + index]];
    const what = `${name}: 100 events per append, 8 callers`;
    return [{ ...versus(what, value, raw.name, rawValue), goal: "≥ 0.5 of the raw client" }, versus(what, value, "Emmett", beside)];
  });
};

const versus = (name: string, value = Number.NaN, neighbour: string, beside: number): Row => ({
  name, value, unit: "events/s", versus: { name: neighbour, value: beside, ratio: Math.round((value / beside) * 100) / 100 },
});

if (import.meta.main) {
  for (const row of await benchEngines()) console.log(JSON.stringify(row));
  process.exit(0);
}
