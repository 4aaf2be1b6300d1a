import assert from "node:assert/strict";
import { newId } from "#commands/kernel/command-id.ts";
import { maxEventBytes, type NewEvent } from "#commands/ports/event-log.ts";
import { ConcurrencyConflict, InvalidInput, PayloadTooLarge } from "#domain/kernel/errors.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import { append, cause, everything, type Harness, outcomes, ticked, ticks, upTo, withLog } from "./harness.ts";

/** What every event log must do with what is appended. */
export const appendConformance = (adapter: string, harness: Harness) =>
  describe(`${adapter} as an EventLog: append`, () => {
    it("answers with a receipt of the last event", withLog(harness, async (log) => {
      const events = ticks(3);
      const first = await append(log, "test.clock-1", 2);
      const receipt = await log.append("test.clock-1", events, { expected: 1, cause: cause() });
      assert.deepEqual(receipt, { position: receipt.position, stream: "test.clock-1", revision: 4, eventIds: events.map(({ id }) => id), replayed: false });
      assert.ok(receipt.position > first.position);
      assert.equal(await log.head(), receipt.position);
    }));

    it("numbers revisions from 0 in each stream and positions upwards over all", withLog(harness, async (log) => {
      await append(log, "test.clock-1", 2);
      await append(log, "test.clock-2", 1);
      await append(log, "test.clock-1", 1);
      const events = await everything(log);
      assert.deepEqual(events.map(({ stream, revision }) => `${stream}/${revision}`), ["test.clock-1/0", "test.clock-1/1", "test.clock-2/0", "test.clock-1/2"]);
      if (harness.limits.densePositions) assert.deepEqual(events.map(({ position }) => position), [1, 2, 3, 4]);
    }));

    it("keeps an event and its whole cause", withLog(harness, async (log) => {
      const event = ticked(7);
      const whole = { ...cause(), reason: "why\nnot, \"so\" {there} \\", causationId: newId(), traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
      const { position } = await log.append("test.clock-ä 1", [event], { expected: "none", cause: whole });
      const [stored] = await everything(log);
      assert.ok(stored);
      assert.deepEqual(stored, { ...whole, ...event, stream: "test.clock-ä 1", revision: 0, position, at: stored.at });
      assert.equal(new Date(stored.at).toISOString(), stored.at);
    }));

    it("leaves out what a cause does not have", withLog(harness, async (log) => {
      await append(log, "test.clock-1");
      const [stored] = await everything(log);
      assert.ok(stored && !("reason" in stored) && !("causationId" in stored) && !("traceparent" in stored));
    }));

    it("gives times that never go back", withLog(harness, async (log) => {
      for (const index of upTo(5)) await append(log, `test.clock-${index}`);
      const times = (await everything(log)).map(({ at }) => at);
      assert.deepEqual(times, times.toSorted());
    }));

    for (const [what, data] of Object.entries(awkward))
      it(`keeps data with ${what}`, withLog(harness, async (log) => {
        await log.append("test.clock-1", [{ ...ticked(0), data }], { expected: "any", cause: cause() });
        assert.deepEqual((await log.read("test.clock-1"))[0]?.data, JSON.parse(JSON.stringify(data)));
        assert.deepEqual((await everything(log))[0]?.data, JSON.parse(JSON.stringify(data)));
      }));

    it("keeps what it was given, whatever becomes of the object later", withLog(harness, async (log) => {
      const data = { tick: [1] };
      const appending = log.append("test.clock-1", [{ ...ticked(0), data }], { expected: "any", cause: cause() });
      data.tick.push(2);
      await appending;
      assert.deepEqual((await log.read("test.clock-1"))[0]?.data, { tick: [1] });
    }));

    it("takes an event of exactly the largest size, counted in bytes", withLog(harness, async (log) => {
      await log.append("test.clock-1", [ofBytes(maxEventBytes)], { expected: "any", cause: cause() });
      await assert.rejects(log.append("test.clock-1", [ofBytes(maxEventBytes + 1)], { expected: "any", cause: cause() }), PayloadTooLarge);
      const [stored] = await log.read("test.clock-1");
      assert.equal(Buffer.byteLength(JSON.stringify(stored?.data)), maxEventBytes);
      assert.equal(await log.head(), stored?.position);
    }));

    it("appends thousands of events as one, in their order", withLog(harness, async (log) => {
      const count = harness.limits.largeAppends ? 5000 : 1500;
      const receipt = await append(log, "test.clock-1", count);
      const events = await log.read("test.clock-1");
      assert.deepEqual(events.map(({ data }) => data["tick"]), upTo(count));
      assert.deepEqual(receipt.eventIds, events.map(({ id }) => id));
      assert.equal(receipt.revision, count - 1);
    }));

    it("stores nothing of an append that it refuses", withLog(harness, async (log) => {
      await append(log, "test.clock-1");
      await assert.rejects(append(log, "test.clock-1", 3, "none"), ConcurrencyConflict);
      await assert.rejects(log.append("test.clock-1", [ticked(1), ofBytes(maxEventBytes + 1)], { expected: "any", cause: cause() }), PayloadTooLarge);
      assert.equal((await everything(log)).length, 1);
    }));

    it("refuses an append of nothing", withLog(harness, async (log) => {
      await assert.rejects(log.append("test.clock-1", [], { expected: "any", cause: cause() }), RangeError);
    }));

    if (harness.limits.distinctIds) it("refuses an event id that is there already, and nothing else of the same moment", withLog(harness, async (log) => {
      const event = ticked(0);
      await log.append("test.clock-1", [event], { expected: "any", cause: cause() });
      const again = log.append("test.clock-2", [ticked(1), event], { expected: "any", cause: cause() });
      const twice = ticked(2);
      const twins = log.append("test.clock-3", [twice, twice], { expected: "any", cause: cause() });
      const { done, failed } = await outcomes([append(log, "test.clock-4"), again, twins, append(log, "test.clock-4"), append(log, "test.clock-2", 1, "none")]);
      assert.deepEqual([done.length, failed.length], [3, 2]);
      const events = await everything(log);
      assert.deepEqual(events.map(({ stream, revision }) => `${stream}/${revision}`), ["test.clock-1/0", "test.clock-4/0", "test.clock-4/1", "test.clock-2/0"]);
      if (harness.limits.densePositions) assert.deepEqual(events.map(({ position }) => position), [1, 2, 3, 4]);
    }));

    it("refuses names and ids that no store could hold, and nothing else of the same moment", withLog(harness, async (log) => {
      const long = "x".repeat(600);
      const bad = [
        log.append("test.clock-\u0000", ticks(1), { expected: "any", cause: cause() }),
        log.append(long, ticks(1), { expected: "any", cause: cause() }),
        log.append("", ticks(1), { expected: "any", cause: cause() }),
        log.append("test.clock-1", [{ ...ticked(1), id: "1" }], { expected: "any", cause: cause() }),
        log.append("test.clock-1", [{ ...ticked(1), type: "test.Ticked\n.v1" }], { expected: "any", cause: cause() }),
        log.append("test.clock-1", ticks(1), { expected: "any", cause: { ...cause(), reason: "a\u0000b" } }),
        log.append("test.clock-1", ticks(1), { expected: "any", cause: cause(long) }),
      ];
      const { done, failed } = await outcomes([...bad, append(log, "test.clock-1"), append(log, `test.${"ü".repeat(500)}`)]);
      assert.equal(done.length, 2);
      assert.ok(failed.length === bad.length && failed.every((error) => error instanceof InvalidInput));
      assert.equal((await everything(log)).length, 2);
    }));
  });

const awkward: Readonly<Record<string, JsonObject>> = {
  "nothing in it": {},
  "NUL and other control characters": { text: "a\u0000b\u001f\n\r\t\u2028", "\u0000": "\u0000" },
  "lone surrogates and emoji": { text: "\ud800 \udc00 😀 ä" },
  "deep nesting": { a: [[[{ b: [null, true, false] }]]] },
  "numbers of every kind": { numbers: [0, -1, 1.5, 1e-7, 1e300, Number.MAX_SAFE_INTEGER] },
  "names that mean something to JavaScript": { ["__proto__"]: { a: 1 }, constructor: 1, toString: 2 },
  "quotes, braces, commas and backslashes": { text: '{"a",\\N,NULL}', "k\\\"": "\\" },
};

// "ä" is one UTF-16 unit and two bytes.
const ofBytes = (bytes: number): NewEvent => {
  const frame = Buffer.byteLength(JSON.stringify({ text: "" }));
  const odd = (bytes - frame) % 2;
  return { ...ticked(0), data: { text: "ä".repeat((bytes - frame - odd) / 2) + "x".repeat(odd) } };
};
