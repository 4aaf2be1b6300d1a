import { auditVerify } from "#test/support/ledger.ts";
import { timed } from "./measure.ts";
import { filledWaybill } from "./replay.ts";
import type { Row } from "./rows.ts";

/** `waybill audit verify` over a million events of a server on SQLite, from the command's start to its end. */
export const benchAuditVerify = async (): Promise<Row[]> => {
  await using waybill = await filledWaybill();
  const { ms, answer } = await timed(() => auditVerify(waybill));
  if (!answer.verified) throw new Error(`a log that nobody changed does not verify: ${JSON.stringify(answer.findings)}`);
  return [{ name: `audit verify, ${answer.facts?.events ?? 0} events`, value: ms / 1000, unit: "s", goal: "≤ 60" }];
};
