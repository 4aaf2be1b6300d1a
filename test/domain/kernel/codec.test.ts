import assert from "node:assert/strict";
import { z } from "zod";
import { codec } from "#domain/kernel/codec.ts";
import { event, type StoredEvent } from "#domain/kernel/event.ts";

const Weighed = event("Weighed", { grams: z.int() });
const Lost = event("Lost", {});
const parcels = codec("parcels", z.discriminatedUnion("type", [Weighed, Lost]), [
  { from: "parcels.Weighed.v1", lift: ({ pounds }) => ({ ounces: Number(pounds) * 16 }) },
  { from: "parcels.Weighed.v2", lift: ({ ounces }) => ({ grams: Math.round(Number(ounces) * 28.35) }) },
]);

const stored = (type: string, data: StoredEvent["data"]): StoredEvent => ({
  id: "0192f0c4-0000-7000-8000-000000000000",
  type,
  stream: "parcels.parcel-1",
  revision: 0,
  position: 7,
  at: "2026-11-21T00:00:00.000Z",
  actor: "system",
  commandId: "c",
  correlationId: "c",
  data,
});

describe("A codec", () => {
  it("writes the present version", () => {
    assert.deepEqual(parcels.encode({ type: "Weighed", grams: 5 }), { type: "parcels.Weighed.v3", data: { grams: 5 } });
    assert.deepEqual(parcels.encode({ type: "Lost" }), { type: "parcels.Lost.v1", data: {} });
  });

  it("lifts every recorded version to the present one, step by step", () => {
    assert.deepEqual(parcels.decode(stored("parcels.Weighed.v1", { pounds: 1 })).event, { type: "Weighed", grams: 454 });
    assert.deepEqual(parcels.decode(stored("parcels.Weighed.v2", { ounces: 16 })).event, { type: "Weighed", grams: 454 });
    assert.deepEqual(parcels.decode(stored("parcels.Weighed.v3", { grams: 454 })).event, { type: "Weighed", grams: 454 });
  });

  it("keeps the envelope", () => {
    const { event: _, ...envelope } = parcels.decode(stored("parcels.Lost.v1", {}));
    const { data: __, type: ___, ...given } = stored("parcels.Lost.v1", {});
    assert.deepEqual(envelope, given);
  });

  it("names every version that was ever recorded", () =>
    assert.deepEqual([...parcels.types].toSorted(), ["parcels.Lost.v1", "parcels.Weighed.v1", "parcels.Weighed.v2", "parcels.Weighed.v3"]));

  it("says which event fits no shape, and where it stands", () => {
    assert.throws(() => parcels.decode(stored("parcels.Weighed.v3", { grams: "5" })), /0192f0c4-.* at position 7 is no parcels\.Weighed\.v3/);
    assert.throws(() => parcels.decode(stored("parcels.Weighed.v3", { grams: 5, more: 1 })), /is no parcels/);
    assert.throws(() => parcels.decode(stored("parcels.Found.v1", {})), /is no parcels\.Found\.v1/);
    assert.throws(() => parcels.decode(stored("nonsense", {})), /"nonsense" is no event type/);
  });
});
