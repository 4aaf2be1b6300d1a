import { join } from "node:path";
import { openSqliteLog } from "#infra/sqlite/event-log.ts";
import { auditVerify, covered } from "#test/support/ledger.ts";
import { startWaybill } from "#test/support/waybill.ts";
import { timed } from "./measure.ts";
import { published } from "./projection.ts";
import type { Row } from "./rows.ts";

const count = 1_000_000;

/** `waybill audit verify` over a million events of a server on SQLite, from the command's start to its end. */
export const benchAuditVerify = async (): Promise<Row[]> => {
  await using waybill = await startWaybill({ environment: { LOG_ENGINE: "sqlite" } });
  await waybill.kill("SIGTERM");
  await using log = openSqliteLog(join(waybill.data, "log.sqlite"));
  for (let first = 0; first < count; first += 20_000)
    await Promise.all(Array.from({ length: 5000 }, (_, index) => published(log, first / 4 + index)));
  await log[Symbol.asyncDispose]();
  await waybill.start();
  await covered(waybill);
  const { ms, answer } = await timed(() => auditVerify(waybill));
  if (!answer.verified) throw new Error(`a log that nobody changed does not verify: ${JSON.stringify(answer.findings)}`);
  return [{ name: `audit verify, ${answer.facts?.events ?? 0} events`, value: ms / 1000, unit: "s", goal: "≤ 60" }];
};
