import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { committed } from "#infra/kafka/committed.ts";
import { openLink } from "#infra/kafka/link.ts";
import type { Batch } from "#infra/kafka/record-batch.ts";
import { topicLog } from "#infra/kafka/topic-log.ts";
import { upTo } from "#test/conformance/event-log/harness.ts";
import { whenThere } from "#test/support/required.ts";
import { createTopic, deleteTopics, transactions } from "./stranger.ts";

const batch = (firstOffset: number, producerId: string, ends: Batch["ends"] = null, count = 1): Batch => ({
  firstOffset,
  lastOffset: firstOffset + count - 1,
  producerId,
  inTransaction: true,
  ends,
  records: (from) => upTo(count).map((index) => ({ offset: firstOffset + index, key: "k", value: "v", headers: {} })).filter(({ offset }) => offset >= from),
});

const offsets = (batches: readonly Batch[], aborted: readonly (readonly [string, number])[], from = 0) =>
  committed({ batches, aborted: aborted.map(([producerId, firstOffset]) => ({ producerId, firstOffset })) }, from).map(({ offset }) => offset);

describe("Committed records of a fetch", () => {
  it("are all but the marks where nothing was aborted", () => {
    assert.deepEqual(offsets([batch(0, "a"), batch(1, "a", "commit"), batch(2, "b")], []), [0, 2]);
  });

  it("begin where they were asked for, also within a batch", () => {
    assert.deepEqual(offsets([batch(0, "a", null, 3), batch(3, "a", null, 3)], [], 2), [2, 3, 4, 5]);
  });

  it("are without those of an aborted transaction, up to its mark", () => {
    assert.deepEqual(offsets([batch(0, "a"), batch(1, "a", "abort"), batch(2, "a"), batch(3, "a", "commit")], [["a", 0]]), [2]);
  });

  it("are without those of overlapping ones, whatever order they are named in", () => {
    const messages = [batch(10, "a"), batch(11, "b"), batch(12, "c"), batch(13, "b", "abort"), batch(14, "a"), batch(15, "a", "abort"), batch(16, "c", "commit")];
    for (const aborted of [[["b", 11], ["a", 10]], [["a", 10], ["b", 11]]] as const) assert.deepEqual(offsets(messages, aborted), [12]);
  });

  it("are without those of transactions that began before the fetch, or whose mark comes in a later one", () => {
    assert.deepEqual(offsets([batch(12, "b"), batch(13, "a"), batch(14, "c")], [["a", 3], ["b", 12]]), [14]);
  });
});

whenThere("kafka", process.env["KAFKA_BROKERS"], (list) => {
  const brokers = list.split(",");

  describe("Reading a Kafka topic by offset", () => {
    it("shows what transactions committed, from wherever and in however small pieces it is read", async () => {
      const topic = `test-${randomUUID()}`;
      await createTopic(brokers, topic);
      const link = openLink({ brokers });
      try {
        const expected = await interleaved(topic);
        const log = topicLog(link, topic);
        const end = await log.stableEnd();
        for (const maxBytes of [1, 300, 1000, 1_000_000])
          for (let from = 0; from < end; from += 7) {
            const values: string[] = [];
            let offset = from;
            while (offset < end) {
              const { records, nextOffset } = await log.fetchFrom(offset, { maxBytes });
              values.push(...records.map(({ value }) => value));
              offset = nextOffset;
            }
            assert.deepEqual(values, expected.filter((each) => each.offset >= from).map(({ value }) => value), `from ${from} in pieces of ${maxBytes}`);
          }
      } finally {
        link.close();
        await deleteTopics(brokers, topic);
      }
    });
  });

  /** Three writers whose transactions overlap in many ways; what they committed, and where it is. */
  const interleaved = async (topic: string) => {
    await using one = await transactions(brokers, `${topic}-1`);
    await using two = await transactions(brokers, `${topic}-2`);
    await using three = await transactions(brokers, `${topic}-3`);
    const kept: { readonly value: string; readonly offset: number }[] = [];
    const orders = fc.sample(fc.record({ ends: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), commits: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()) }), { numRuns: 8, seed: 7 });
    for (const [round, { ends, commits }] of orders.entries()) {
      const begun = await Promise.all([one, two, three].map((writer) => writer.begin(topic)));
      for (const part of [0, 1])
        for (const [nth, { send }] of begun.entries()) {
          const values = [`${round}/${nth}/${part}/a`, `${round}/${nth}/${part}/b`];
          const [{ baseOffset = "" } = {}] = await send(...values);
          if (commits[nth]) kept.push(...values.map((value, index) => ({ value, offset: Number(baseOffset) + index })));
        }
      for (const nth of ends) await (commits[nth] ? begun[nth]?.commit() : begun[nth]?.abort());
    }
    return kept.sort((a, b) => a.offset - b.offset);
  };
});
