import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { ledgerCodec } from "#domain/audit/events.ts";
import { accessCodec } from "#domain/access/events.ts";
import { deliveriesCodec } from "#domain/deliveries/events.ts";
import { graphCodec } from "#domain/graph/events.ts";
import { type Codec, parseWireType } from "#domain/kernel/codec.ts";
import type { AnyEvent } from "#domain/kernel/event.ts";
import { JsonObject } from "#domain/kernel/json.ts";
import { taskCodec } from "#domain/tasks/events.ts";
import { trustCodec } from "#domain/trust/events.ts";

const codecs = [trustCodec, taskCodec, graphCodec, accessCodec, ledgerCodec, deliveriesCodec];
const folder = new URL("events/", import.meta.url);
const recorded = readdirSync(folder).map((file) => ({
  type: file.replace(/\.json$/, ""),
  data: JsonObject.parse(JSON.parse(readFileSync(new URL(file, folder), "utf8"))),
}));
const envelope = { id: "i", stream: "s", revision: 0, position: 1, at: "2026-11-21T00:00:00.000Z", actor: "system", commandId: "c", correlationId: "c" };

const decodeToThisDay = <Event extends AnyEvent>(codec: Codec<Event>) => {
  for (const { type, data } of recorded.filter((event) => codec.types.includes(event.type)))
    it(`decode to this day, and are written as they were: ${type}`, () => {
      const written = codec.encode(codec.decode({ ...envelope, type, data }).event);
      assert.equal(parseWireType(written.type).name, parseWireType(type).name);
      if (written.type === type) assert.deepEqual(written.data, data);
    });
};

describe("Recorded events", () => {
  it("have a golden file for each version that was ever recorded", () =>
    assert.deepEqual(recorded.map(({ type }) => type).toSorted(), codecs.flatMap(({ types }) => types).toSorted()));

  decodeToThisDay(trustCodec);
  decodeToThisDay(taskCodec);
  decodeToThisDay(graphCodec);
  decodeToThisDay(accessCodec);
  decodeToThisDay(ledgerCodec);
  decodeToThisDay(deliveriesCodec);
});
