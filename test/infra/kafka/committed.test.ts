import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { RawRecord } from "#infra/kafka/client.ts";
import { committed } from "#infra/kafka/committed.ts";
import { openLink } from "#infra/kafka/link.ts";
import { topicLog } from "#infra/kafka/topic-log.ts";
import { whenThere } from "#test/support/required.ts";
import { createTopic, deleteTopics, transactions } from "./stranger.ts";

const record = (offset: number, producerId: string, mark?: "abort" | "commit"): RawRecord => ({
  offset: String(offset),
  key: mark ? Buffer.from([0, 0, 0, mark === "abort" ? 0 : 1]) : Buffer.from("stream"),
  value: Buffer.from("{}"),
  headers: {},
  isControlRecord: mark !== undefined,
  batchContext: { producerId, inTransaction: true },
});

const offsets = (messages: readonly RawRecord[], abortedTransactions: readonly (readonly [string, number])[]) =>
  committed({ messages, abortedTransactions: abortedTransactions.map(([producerId, firstOffset]) => ({ producerId, firstOffset: String(firstOffset) })) }).map(({ offset }) => Number(offset));

describe("Committed records of a fetch", () => {
  it("are all but the marks where nothing was aborted", () => {
    assert.deepEqual(offsets([record(0, "a"), record(1, "a", "commit"), record(2, "b")], []), [0, 2]);
  });

  it("are without those of an aborted transaction, up to its mark", () => {
    assert.deepEqual(offsets([record(0, "a"), record(1, "a", "abort"), record(2, "a"), record(3, "a", "commit")], [["a", 0]]), [2]);
  });

  it("are without those of overlapping ones, whatever order they are named in", () => {
    const messages = [record(10, "a"), record(11, "b"), record(12, "c"), record(13, "b", "abort"), record(14, "a"), record(15, "a", "abort"), record(16, "c", "commit")];
    for (const aborted of [[["b", 11], ["a", 10]], [["a", 10], ["b", 11]]] as const) assert.deepEqual(offsets(messages, aborted), [12]);
  });

  it("are without those of transactions that began before the fetch, or whose mark comes in a later one", () => {
    assert.deepEqual(offsets([record(12, "b"), record(13, "a"), record(14, "c")], [["a", 3], ["b", 12]]), [14]);
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
              values.push(...records.map(({ value }) => String(value)));
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
