import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { ledger } from "#projections/audit/ledger.ts";
import { caughtUp, published } from "./projection.ts";
import type { Row } from "./rows.ts";

const count = 200_000;

/** How fast the Merkle tree catches up with a log of real-looking events in SQLite: canonical texts, hashes, tiles, indexes. */
export const benchLedger = async (): Promise<Row[]> => {
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(await mkdtemp(join(tmpdir(), "waybill-bench-")), (folder) => rm(folder, { recursive: true }));
  const log = opened.use(openSqliteLog(join(folder, "log.sqlite")));
  for (let first = 0; first < count; first += 20_000)
    await Promise.all(Array.from({ length: 5000 }, (_, index) => published(log, first / 4 + index)));
  return [{ name: "ledger catches up", value: await caughtUp(ledger, log), unit: "events/s", goal: "≥ 50,000" }];
};

if (import.meta.main) {
  for (const row of await benchLedger()) console.log(JSON.stringify(row));
  process.exit(0);
}
