import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { newId } from "#commands/kernel/command-id.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { CannotStart } from "#infra/cannot-start.ts";
import { takeFence } from "#infra/kafka/fence.ts";
import { openLink } from "#infra/kafka/link.ts";
import { topicLog } from "#infra/kafka/topic-log.ts";
import { append, cause, everything, outcomes, ticked, upTo } from "#test/conformance/event-log/harness.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import { eventually } from "#test/support/projecting.ts";
import { whenThere } from "#test/support/required.ts";
import { openNode } from "./opener.ts";
import { consumed, createTopic, deleteTopics, transactions } from "./stranger.ts";

whenThere("kafka", process.env["KAFKA_BROKERS"], (list) => {
  const brokers = list.split(",");

  /** A topic and a database of its own; `node` opens a log of a node of its own over them. */
  const withPlace = (work: (place: { readonly topic: string; readonly url: string; readonly node: () => Promise<EventLog> }) => Promise<void>) => async () => {
    await using database = await freshDatabase();
    const topic = `test-${randomUUID()}`;
    try {
      await work({ topic, url: database.url, node: () => openNode({ brokers, topic, url: database.url }) });
    } finally {
      await deleteTopics(brokers, topic);
    }
  };

  describe("kafka as an EventLog: its own", () => {
    it("gives a stranger's consumer every accepted event once, and nothing else", withPlace(async ({ topic, node }) => {
      await using one = await node();
      await using other = await node();
      await outcomes(upTo(60).map((index) => append(index % 2 ? one : other, `test.clock-${index % 5}`, 1 + (index % 3), index % 4 ? "any" : "none")));
      const whole = { ...cause(), reason: "wär", causationId: newId(), traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
      await one.append("test.clock-ä", [ticked(1), ticked(2)], { expected: "none", cause: whole });
      const events = await everything(one);
      const seen = await consumed(brokers, topic, events.length);
      assert.deepEqual(seen.map(({ offset }) => offset + 1), events.map(({ position }) => position));
      assert.deepEqual(seen.map(({ key }) => key), events.map(({ stream }) => stream));
      assert.deepEqual(seen.map(({ value }): unknown => JSON.parse(value)), events.map(({ data }) => data));
      for (const [index, { position: _, stream: __, data: ___, revision, ...envelope }] of events.entries()) {
        const { append: of, ...headers } = seen[index]?.headers ?? {};
        assert.deepEqual(headers, { ...envelope, revision: String(revision) });
        assert.match(of ?? "", /^\d+\/\d+$/);
      }
    }));

    it("refuses a topic that would forget, or has no one order", withPlace(async ({ topic, node }) => {
      await createTopic(brokers, topic);
      await assert.rejects(node(), (error) => error instanceof CannotStart && error.message.includes(`--entity-name ${topic} --add-config retention.ms=-1`));
      await deleteTopics(brokers, topic);
      const several = `${topic}-several`;
      await createTopic(brokers, several, {}, 2);
      await assert.rejects(openNode({ brokers, topic: several, url: "postgres://nobody@127.0.0.1:1/none" }), /has 2 partitions/);
      await deleteTopics(brokers, several);
    }));

    it("refuses a cause that no record could hold, and goes on", withPlace(async ({ node }) => {
      await using log = await node();
      await assert.rejects(log.append("test.clock-1", [ticked(0)], { expected: "any", cause: { ...cause(), reason: "x".repeat(200_000) } }), InvalidInput);
      await append(log, "test.clock-1");
    }));

    it("carries an append of many megabytes to the owner, between others", withPlace(async ({ node }) => {
      await using owner = await node();
      await append(owner, "test.clock-0");
      await using other = await node();
      const events = upTo(12).map((tick) => Object.assign(ticked(tick), { data: { tick, text: "ä😀".repeat(100_000) } }));
      const appends = [append(other, "test.clock-1"), other.append("test.clock-1", events, { expected: 0, cause: cause() }), append(other, "test.clock-1", 1, 12)];
      assert.deepEqual((await Promise.all(appends)).map(({ revision }) => revision), [0, 12, 13]);
      assert.deepEqual((await owner.read("test.clock-1", { after: 0, limit: 12 })).map(({ data }) => data), events.map(({ data }) => data));
    }));

    it("fills its index again when somebody has dropped it, and is right", withPlace(async ({ node, url }) => {
      await using log = await node();
      const receipts = await Promise.all(upTo(50).map((index) => append(log, `test.clock-${index % 7}`, 3)));
      const client = new Client(url);
      await client.connect();
      await client.query("drop schema waybill_index cascade");
      await client.end();
      await log[Symbol.asyncDispose]();
      await using again = await node();
      const commands = new Map((await everything(again)).map(({ position, commandId }) => [position, commandId]));
      for (const receipt of receipts) assert.deepEqual(await again.receipt(commands.get(receipt.position) ?? ""), { ...receipt, replayed: true });
      assert.deepEqual((await again.read("test.clock-3")).map(({ revision }) => revision), upTo(21));
      assert.equal((await outcomes([append(again, "test.clock-3", 1, 19)])).failed.length, 1);
      assert.equal((await append(again, "test.clock-3", 1, 20)).revision, 21);
    }));

    it("hands the log over when its owner is closed, without waiting for the end of a lease", withPlace(async ({ node }) => {
      const first = await node();
      await append(first, "test.clock-1");
      await using second = await node();
      const writing = upTo(20).map((index) => append(second, `test.clock-${index % 3}`));
      await first[Symbol.asyncDispose]();
      await Promise.all(writing);
      assert.equal((await append(second, "test.clock-9", 1, "none")).revision, 0);
      assert.equal((await everything(second)).length, 22);
    }));
  });

  describe("The fence of a Kafka topic", () => {
    it("lets nobody write who had it before, nor commit what was sent before", withPlace(async ({ topic }) => {
      await createTopic(brokers, topic);
      const link = openLink({ brokers });
      const values = async () => (await topicLog(link, topic).fetchFrom(0, { maxBytes: 1_000_000 })).records.map(({ value }) => value);
      const first = await takeFence({ brokers }, topic);
      for (const index of upTo(5)) assert.equal((await first.write([[record(`a${index}`), record(`b${index}`)]])).length, 1);
      const second = await takeFence({ brokers }, topic);
      await assert.rejects(first.write([[record("zombie")]]), { code: "UNAVAILABLE" });
      await second.write([[record("c")], [record("d")]]);
      second.close();
      await using open = await transactions(brokers, `${topic}-writer-1`);
      const undecided = await open.begin(topic);
      await undecided.send("undecided");
      const third = await takeFence({ brokers }, topic);
      await assert.rejects(undecided.commit(), { type: "INVALID_PRODUCER_EPOCH" });
      await third.write([[record("e")]]);
      await assert.rejects(first.write([[record("zombie")]]), { code: "UNAVAILABLE" });
      // Its mark in the log follows the answer to a commit.
      assert.deepEqual(await eventually(values, (found) => found.at(-1) === "e"), [...upTo(5).flatMap((index) => [`a${index}`, `b${index}`]), "c", "d", "e"]);
      for (const fence of [first, third]) fence.close();
      link.close();
    }));
  });

  describe("The owner of a Kafka log", () => {
    it("is followed by another node when it is killed: what it acknowledged is there, and the appends of others go on", withPlace(async ({ topic, url, node }) => {
      using owner = writer({ topic, url });
      await owner.acknowledged(20);
      await using log = await node();
      await append(log, "test.clock-before");
      owner.process.kill("SIGKILL");
      await Promise.all(upTo(10).map((index) => append(log, `test.clock-${index}`, 1, "none")));
      await assertAllThere(log, owner.commands);
    }));

    it("that slept while another took over neither writes nor answers what is not so, when it wakes", withPlace(async ({ topic, url, node }) => {
      using owner = writer({ topic, url });
      await owner.acknowledged(20);
      await using log = await node();
      for (const round of upTo(2)) {
        owner.process.kill("SIGSTOP");
        await Promise.all(upTo(10).map((index) => append(log, `test.clock-${round}-${index}`, 1, "none")));
        owner.process.kill("SIGCONT");
        // Awake, it has its appends done by the owner of now.
        await owner.acknowledged(owner.commands.length + 40);
      }
      owner.process.kill("SIGKILL");
      await append(log, "test.clock-after");
      await assertAllThere(log, owner.commands);
    }));
  });

  /** A process that appends without end, three events by three. */
  const writer = (location: { readonly topic: string; readonly url: string }) => {
    const file = new URL("../../conformance/event-log/writer.ts", import.meta.url).pathname;
    const opener = new URL("opener.ts", import.meta.url).href;
    const started: ChildProcess = spawn(process.execPath, [file, opener, JSON.stringify({ brokers, ...location })], { stdio: ["ignore", "pipe", "inherit"] });
    const commands: string[] = [];
    // A last line that the kill cut in two is no acknowledgement.
    if (started.stdout) createInterface({ input: started.stdout }).on("line", (line) => line.length === 36 && commands.push(line));
    const acknowledged = async (count: number) => {
      while (commands.length < count && started.exitCode === null) await sleep(10);
    };
    return { process: started, commands, acknowledged, [Symbol.dispose]: () => void started.kill("SIGKILL") };
  };
});

const record = (value: string) => ({ key: "k", value });

/** Every command once, and no stream with a gap. */
const assertAllThere = async (log: EventLog, commands: readonly string[]) => {
  const events = await everything(log);
  const revisions = new Map<string, number[]>();
  const times = new Map<string, number>();
  for (const { stream, revision, commandId } of events) {
    revisions.set(stream, [...(revisions.get(stream) ?? []), revision]);
    times.set(commandId, (times.get(commandId) ?? 0) + 1);
  }
  for (const [stream, found] of revisions) assert.deepEqual(found, upTo(found.length), stream);
  assert.ok(commands.length > 0 && commands.every((commandId) => times.get(commandId) === 3));
};
