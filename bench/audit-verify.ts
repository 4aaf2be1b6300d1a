import { auditVerify } from "#test/support/ledger.ts";
import { timed } from "./measure.ts";
import { filledWaybill } from "./replay.ts";
import type { Row } from "./rows.ts";

/** `waybill audit verify` over a million events of a server on SQLite, from the command's start to its end. */
export const benchAuditVerify = async (count = 1_000_000): Promise<Row[]> => {
  await using waybill = await filledWaybill(count);
  const { ms, answer } = await timed(() => auditVerify(waybill));
  if (!answer.verified) throw new Error(`a log that nobody changed does not verify: ${JSON.stringify(answer.findings)}`);
  return [{ name: `audit verify, ${answer.facts?.events ?? 0} events`, value: ms / 1000, unit: "s", goal: "≤ 60" }];
};

if (import.meta.main) {
  for (const row of await benchAuditVerify(...process.argv.slice(2, 3).map(Number))) console.log(JSON.stringify(row));
  process.exit(0);
}
