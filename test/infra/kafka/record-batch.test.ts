import assert from "node:assert/strict";
import fc from "fast-check";
import { crc32c } from "#infra/kafka/crc32c.ts";
import { decodeBatches, encodeBatch } from "#infra/kafka/record-batch.ts";

const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.string({ minLength: 60, maxLength: 9000 }));
const headers = fc.dictionary(fc.string({ minLength: 1 }).filter((name) => name !== "__proto__"), text, { maxKeys: 12, noNullPrototype: true });
const records = fc.array(fc.record({ key: text, value: text, headers }, { noNullPrototype: true }), { minLength: 1, maxLength: 150 });
const sender = fc.record({ producerId: fc.bigInt({ min: 0n, max: 2n ** 62n }), producerEpoch: fc.nat(30_000), firstSequence: fc.nat() });

describe("Record batches", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(records, fc.option(sender, { nil: undefined })), { maxLength: 3 }), fc.nat(200), (batches, from) => {
        const found = decodeBatches(Buffer.concat(batches.map(([written, by]) => encodeBatch(written, by))));
        assert.deepEqual(found.map((batch) => batch.records(0)), batches.map(([written]) => written.map((record, offset) => Object.assign({ offset }, record))));
        assert.deepEqual(found.map(({ producerId, inTransaction }) => [producerId, inTransaction]), batches.map(([, by]) => [String(by?.producerId ?? -1), by !== undefined]));
        for (const [index, batch] of found.entries()) assert.equal(batch.records(from).length, Math.max(0, (batches[index]?.[0].length ?? 0) - from));
      }),
      { numRuns: 60 },
    );
  });

  it("are left out where a fetch cut the last one off", () => {
    const whole = encodeBatch([{ key: "k", value: "v" }]);
    for (let size = 0; size < whole.length; size++) assert.equal(decodeBatches(Buffer.concat([whole, whole.subarray(0, size)])).length, 1);
  });

  it("that are damaged are a defect, wherever the damage is", () => {
    const whole = encodeBatch([{ key: "k", value: "v", headers: { name: "text" } }]);
    for (let place = 17; place < whole.length; place++) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8((damaged.readUInt8(place) + 1) % 256, place);
      assert.throws(() => decodeBatches(damaged), /are damaged|of a format/);
    }
  });

  it("have the checksum of RFC 3720", () => {
    assert.equal(crc32c(Buffer.from("123456789")), 0xe3069283);
    assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
    assert.equal(crc32c(Buffer.alloc(32, 255)), 0x62a8ab43);
    assert.equal(crc32c(Buffer.from(Array.from({ length: 32 }, (_, index) => index))), 0x46dd794e);
  });
});
