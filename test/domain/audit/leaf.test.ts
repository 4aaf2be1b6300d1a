import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalEvent, entryOf, leafHash } from "#domain/audit/leaf.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { jcs } from "#domain/kernel/jcs.ts";
import { Json, JsonObject } from "#domain/kernel/json.ts";

const event: StoredEvent = {
  id: "01939c1e-8f2a-7c55-b3a0-5d1e6f0a9b7c",
  type: "trust.TargetsAdded.v1",
  stream: "trust.targets-demo",
  revision: 3,
  position: 17,
  at: "2026-11-21T17:32:00.500Z",
  actor: "token:6b858c35-4e23-84c2-b6fa-6d4e2ac497a6",
  reason: "release\t1.2 “ü”",
  commandId: "01939c1e-8f2a-7c55-b3a0-5d1e6f0a9b7d",
  correlationId: "request-1",
  data: { targets: [{ path: "a/b", length: 1.5e300, custom: { "\u20ac": 1, "\r": 2, "1": null, "\u0080": true, "\ud83d\ude02": [], "\u00f6": {} } }], repository: "demo" },
};

// For ever: every root that was signed depends on it.
const golden =
  '{"actor":"token:6b858c35-4e23-84c2-b6fa-6d4e2ac497a6","at":"2026-11-21T17:32:00.500Z","commandId":"01939c1e-8f2a-7c55-b3a0-5d1e6f0a9b7d","correlationId":"request-1","data":{"repository":"demo","targets":[{"custom":{"\\r":2,"1":null,"\u0080":true,"ö":{},"€":1,"😂":[]},"length":1.5e+300,"path":"a/b"}]},"id":"01939c1e-8f2a-7c55-b3a0-5d1e6f0a9b7c","position":17,"reason":"release\\t1.2 “ü”","revision":3,"stream":"trust.targets-demo","type":"trust.TargetsAdded.v1"}';

const recordOf = ({ causationId, traceparent, ...rest }: StoredEvent): Json =>
  Json.parse({ ...rest, ...(causationId === undefined ? {} : { causationId }), ...(traceparent === undefined ? {} : { traceparent }) });

describe("The leaf of an event", () => {
  it("has this text and this hash", () => {
    assert.equal(canonicalEvent(event), golden);
    assert.equal(leafHash(event).toString("hex"), "6cfcb7a88d4af5fa79c9c6c52425e973443f75cfe4d0ea1538da50b5fca41f68");
  });

  it("is RFC 8785 of the whole envelope, whichever members there are", () =>
    fc.assert(
      fc.property(fc.record({ causationId: fc.string(), traceparent: fc.string() }, { requiredKeys: [] }), fc.dictionary(fc.string(), fc.jsonValue()), (more, data) => {
        const some = { ...event, ...more, data: JsonObject.parse(JSON.parse(JSON.stringify(data))) };
        assert.equal(canonicalEvent(some), jcs(recordOf(some)));
        assert.equal(canonicalEvent(some).includes("\n"), false);
      }),
    ));

  it("is the same however the members of its data are ordered", () =>
    assert.equal(canonicalEvent({ ...event, data: { a: 1, b: { c: 2, d: 3 } } }), canonicalEvent({ ...event, data: { b: { d: 3, c: 2 }, a: 1 } })));

  it("goes in by digest and size where a bundle could not hold it", () => {
    const [fits, tooLong] = ["é".repeat(32_767), "é".repeat(32_768)];
    assert.equal(entryOf(fits, 17), fits);
    assert.match(entryOf(tooLong, 17), /^\{"position":17,"sha256":"[0-9a-f]{64}","size":65536\}$/);
    assert.equal(entryOf("a".repeat(65_535), 17).length, 65_535);
  });
});
