import assert from "node:assert/strict";
import { newId } from "#commands/kernel/command-id.ts";
import type { Expected, Receipt } from "#commands/ports/event-log.ts";
import { ConcurrencyConflict } from "#domain/kernel/errors.ts";
import { type Arbiter, arbiter, OwnershipLost } from "#infra/kafka/arbiter.ts";
import type { Fence } from "#infra/kafka/fence.ts";
import type { OutgoingRecord } from "#infra/kafka/record-batch.ts";
import { bell } from "#infra/log/bell.ts";
import type { Tail } from "#infra/log/index/tail.ts";
import { prepared } from "#infra/log/prepared.ts";
import { cause, outcomes, ticks, upTo } from "#test/conformance/event-log/harness.ts";

describe("The arbiter of a Kafka log", () => {
  it("decides on what is not yet seen in the log, but was written here", async () => {
    const { court } = scene();
    const receipts = await Promise.all(upTo(5).map((index) => append(court, index - 1)));
    assert.deepEqual(receipts.map(({ revision }) => revision), upTo(5));
  });

  it("writes what comes during a transaction in the next one, together", async () => {
    const { court, written } = scene();
    const first = append(court, "none");
    await new Promise(setImmediate);
    await Promise.all([first, ...upTo(20).map(() => append(court, "exists"))]);
    assert.ok(written.length <= 3);
  });

  it("answers with nothing before it can be seen, a conflict with what is not yet seen neither", async () => {
    const { court, hide, show } = scene();
    hide();
    const answered: string[] = [];
    const accepted = append(court, "none").then(() => answered.push("accepted"));
    const refused = append(court, 7).catch(() => answered.push("refused"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(answered, []);
    show();
    await Promise.all([accepted, refused]);
    assert.deepEqual(answered, ["accepted", "refused"]);
  });

  it("answers a command that is being written with the receipt of that", async () => {
    const { court, written } = scene();
    const commandId = newId();
    const [first, again] = await Promise.all([append(court, "any", commandId), append(court, "any", commandId)]);
    assert.deepEqual(again, { ...first, replayed: true });
    assert.equal(written.flat().length, 1);
  });

  it("knows nothing any more when a transaction has failed: of its appends, of those behind it, of later ones", async () => {
    const { court, fail } = scene();
    await append(court, "none");
    fail();
    const { failed } = await outcomes([append(court, 0), append(court, 9), append(court, "any")]);
    assert.equal(failed.length, 3);
    failed.push(...(await outcomes([append(court, "any")])).failed);
    for (const error of failed) assert.ok(error instanceof OwnershipLost);
    assert.ok((await court.failed) instanceof Error);
  });

  it("decides nothing when its lease may be another's", async () => {
    const { court, written, doubt } = scene();
    doubt();
    const { failed } = await outcomes([append(court, 5)]);
    assert.ok(failed[0] instanceof OwnershipLost && !(failed[0] instanceof ConcurrencyConflict));
    assert.equal(written.length, 0);
  });

  it("finishes what it has begun", async () => {
    const { court } = scene();
    const appending = upTo(10).map(() => append(court, "any"));
    await new Promise(setImmediate);
    await court.finish();
    assert.equal((await Promise.all(appending)).length, 10);
  });
});

/** A log in memory whose end is seen only when it is shown; nothing of it is in the facts before. */
const scene = () => {
  const written: (readonly OutgoingRecord[])[] = [];
  let [offset, failing, doubtful] = [0, false, false];
  let shown = Promise.withResolvers<void>();
  shown.resolve();
  const fence: Fence = {
    write: async (batches) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (failing) throw new Error("fenced");
      written.push(batches.flat());
      return batches.map((batch) => (offset += batch.length) - batch.length);
    },
    close: () => undefined,
  };
  const reached = () => shown.promise.then(() => true);
  const tail: Tail = {
    position: () => 0,
    reached,
    known: async () => ({ position: 0, receipts: new Map<string, Receipt>(), revisions: new Map<string, number>() }),
    places: async () => [],
    add: () => true,
    bell: bell(),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const sure = async () => {
    if (doubtful) throw new Error("the lease is another's");
  };
  const hide = () => (shown = Promise.withResolvers<void>());
  return { court: arbiter({ fence, tail, sure, since: new Date(0).toISOString() }), written, show: () => shown.resolve(), hide, fail: () => (failing = true), doubt: () => (doubtful = true) };
};

const append = (court: Arbiter, expected: Expected, commandId = newId()): Promise<Receipt> =>
  court.submit(prepared("test.clock-1", ticks(1), { expected, cause: cause(commandId) }));
