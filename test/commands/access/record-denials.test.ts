import assert from "node:assert/strict";
import { accessRecordCodec, denialStream } from "#domain/access/events.ts";
import { type Denial, recordDenials } from "#commands/access/record-denials.ts";
import { memoryLog } from "#infra/memory/event-log.ts";

const known = (operation = "addTargets"): Denial => ({ operation, needed: "write", token: { id: "01890000-0000-7000-8000-000000000001", scope: "read" }, address: "192.0.2.1" });
const unknown = (address: string): Denial => ({ operation: "POST /graphql", needed: null, token: null, address });

const recordedAfter = async (denials: readonly Denial[]) => {
  const log = memoryLog();
  const denied = recordDenials({ log, clock: () => 0 });
  for (const denial of denials) denied(denial);
  await new Promise(setImmediate);
  return (await log.read(denialStream)).map(accessRecordCodec.decode);
};

describe("Refusals", () => {
  it("are recorded with who, what and what was missing", async () => {
    const [first] = await recordedAfter([known()]);
    assert.equal(first?.actor, "token:01890000-0000-7000-8000-000000000001");
    assert.deepEqual(first?.event, { type: "CommandDenied", operation: "addTargets", needed: "write", scope: "read", address: "192.0.2.1", times: 1 });
  });

  it("of tokens that are not valid leave ten events at once, however many there are", async () => {
    const recorded = await recordedAfter(Array.from({ length: 5000 }, (_, index) => unknown(`2001:db8::${index.toString(16)}`)));
    assert.equal(recorded.length, 10);
  });

  it("of valid tokens are recorded while others try invalid ones", async () => {
    const recorded = await recordedAfter([...Array.from({ length: 5000 }, (_, index) => unknown(`192.0.2.${index % 250}`)), known("publish")]);
    assert.deepEqual(recorded.at(-1)?.event, { type: "CommandDenied", operation: "publish", needed: "write", scope: "read", address: "192.0.2.1", times: 1 });
  });

  it("are all counted: one event tells of those that left none", async () => {
    const log = memoryLog();
    let now = 0;
    const denied = recordDenials({ log, clock: () => now });
    for (let index = 0; index < 100; index++) denied(known());
    now = 1000;
    denied(known());
    await new Promise(setImmediate);
    const times = (await log.read(denialStream)).map(accessRecordCodec.decode).map(({ event }) => (event.type === "CommandDenied" ? event.times : 0));
    assert.deepEqual([times.length, times.at(-1)], [61, 41]);
  });
});
