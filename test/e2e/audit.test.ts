import assert from "node:assert/strict";
import { z } from "zod";
import { auditVerify, cli, covered, happen } from "#test/support/ledger.ts";
import { bootstrap, settled } from "#test/support/publishing.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";

const Replayed = z.object({ same: z.boolean(), replayed: z.array(z.object({ name: z.string(), position: z.number(), same: z.boolean() })) });

describe(`An audit on ${process.env["LOG_ENGINE"] ?? "the embedded log"}`, () => {
  let waybill: TestWaybill;
  before(async () => {
    waybill = await startWaybill();
    await bootstrap(waybill, "demo", 2);
    await happen(waybill, 30);
    await settled(waybill, "demo");
  });
  after(() => waybill[Symbol.asyncDispose]());

  it("finds the log, its files and its read models as they should be, nothing left out", async () => {
    const { size } = await covered(waybill);
    const { code, facts, findings, skipped } = await auditVerify(waybill);
    assert.deepEqual({ code, findings, skipped }, { code: 0, findings: [], skipped: [] });
    assert.ok(Number(facts?.events) >= size, `${facts?.events} events of ${size}`);
  });

  it("makes every read model anew, the same", async () => {
    const { code, stdout } = await cli(waybill, "audit", "replay", "--json");
    const { same, replayed } = Replayed.parse(JSON.parse(stdout));
    assert.deepEqual([code, same, replayed.filter((one) => !one.same)], [0, true, []]);
    assert.ok(replayed.length >= 7 && replayed.every(({ position }) => position > 30), stdout);
  });
});
