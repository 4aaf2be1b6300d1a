import { auditVerify } from "#test/support/ledger.ts";
import { timed } from "./measure.ts";
import { filledWaybill } from "./replay.ts";
import type { Row } from "./rows.ts";

/** `waybill audit verify` over a million events of a server on SQLite, from the command's start to its end: with the replay of all read models, and without. */
export const benchAuditVerify = async (count = 1_000_000): Promise<Row[]> => {
  await using waybill = await filledWaybill(count);
  const verified = async (what: string, ...args: readonly string[]): Promise<Row> => {
    const { ms, answer } = await timed(() => auditVerify(waybill, ...args));
    if (!answer.verified) throw new Error(`a log that nobody changed does not verify: ${JSON.stringify(answer.findings)}`);
    return { name: `audit verify, ${answer.facts?.events ?? 0} events, ${what}`, value: ms / 1000, unit: "s", goal: "≤ 60" };
  };
  return [await verified("log and TUF files", "--without", "read-models"), await verified("all")];
};

if (import.meta.main) {
  for (const row of await benchAuditVerify(...process.argv.slice(2, 3).map(Number))) console.log(JSON.stringify(row));
  process.exit(0);
}
