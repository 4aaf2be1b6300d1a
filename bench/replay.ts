import { join } from "node:path";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { cli, covered } from "#test/support/ledger.ts";
import { bootstrap } from "#test/support/publishing.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";
import { timed } from "./measure.ts";
import { published } from "./projection.ts";
import type { Row } from "./rows.ts";

/** A server on SQLite whose log has a repository and a million events of publications. */
export const filledWaybill = async (count: number): Promise<TestWaybill> => {
  const waybill = await startWaybill({ environment: { LOG_ENGINE: "sqlite" } });
  await bootstrap(waybill, "demo", 2);
  await waybill.kill("SIGTERM");
  await using log = openSqliteLog(join(waybill.data, "log.sqlite"));
  for (let first = 0; first < count; first += 20_000)
    await Promise.all(Array.from({ length: 5000 }, (_, index) => published(log, first / 4 + index)));
  await log[Symbol.asyncDispose]();
  await waybill.start();
  await covered(waybill);
  return waybill;
};

/** `waybill audit replay` of all read models, compared with the live ones, from the command's start to its end. */
export const benchReplay = async (count = 1_000_000): Promise<Row[]> => {
  await using waybill = await filledWaybill(count);
  const { ms, answer } = await timed(() => cli(waybill, "audit", "replay"));
  if (answer.code !== 0) throw new Error(`read models that nobody changed are not what the log makes: ${answer.stdout} ${answer.stderr}`);
  return [{ name: `all read models replayed and compared, ${count} events`, value: ms / 1000, unit: "s", goal: "≤ 90" }];
};

if (import.meta.main) {
  for (const row of await benchReplay(...process.argv.slice(2, 3).map(Number))) console.log(JSON.stringify(row));
  process.exit(0);
}
