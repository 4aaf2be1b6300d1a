import assert from "node:assert/strict";
import { newId } from "#commands/kernel/command-id.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { openEventStoreLog } from "#infra/eventstore/event-log.ts";
import { append, cause, everything, eventsOf, outcomes, pagesUntil, ticks, upTo } from "#test/conformance/event-log/harness.ts";
import { type ProtocolServer, startProtocolServer } from "#test/support/eventstore.ts";
import { freshDatabase } from "#test/support/postgres.ts";

describe("The log over the EventStoreDB protocol server, which does what is bad", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  before(async () => (database = await freshDatabase()));
  after(() => database[Symbol.asyncDispose]());

  const opened = (server: ProtocolServer, patience = 10_000) =>
    persistently(() => openEventStoreLog({ url: server.url, connect: { connectionString: database.url }, patience }));

  it("answers a command whose acknowledgement was lost with its receipt, and has stored it once", async () => {
    await using server = await startProtocolServer();
    await using log = await opened(server, 500);
    const [events, options] = [ticks(3), { expected: "any", cause: cause() } as const];
    await server.order({ faults: { lose: 1 } });
    await assert.rejects(log.append("test.clock-1", events, options), Unavailable);
    const receipt = await persistently(() => log.append("test.clock-1", events, options));
    assert.deepEqual([receipt.revision, receipt.replayed, (await persistently(() => everything(log))).length], [2, true, 3]);
  });

  it("stores once what reaches the server twice", async () => {
    await using server = await startProtocolServer();
    await using log = await opened(server);
    await server.order({ faults: { duplicate: 3 } });
    const receipts = await Promise.all(upTo(6).map((index) => append(log, `test.clock-${index % 4}`, 2)));
    assert.ok(receipts.every(({ replayed }) => !replayed));
    assert.equal((await everything(log)).length, 12);
  });

  it("carries out once what two processes send at the same time, and tells them apart", async () => {
    await using server = await startProtocolServer();
    await using log = await opened(server);
    await using other = await opened(server);
    for (const index of upTo(20)) {
      const [events, options] = [ticks(2), { expected: index * 2 - 1, cause: cause() }];
      const receipts = await Promise.all([log, other].map((each) => each.append("test.clock-1", events, options)));
      assert.equal(receipts.filter(({ replayed }) => replayed).length, 1);
      assert.deepEqual({ ...receipts[0], replayed: true }, { ...receipts[1], replayed: true });
    }
    assert.equal((await everything(log)).length, 40);
  });

  it("does not know what became of an append that the server is slow to answer, and finds the truth when it is asked again", async () => {
    await using server = await startProtocolServer();
    await using log = await opened(server, 400);
    const commandId = newId();
    await server.order({ faults: { delay: 5000 } });
    await assert.rejects(append(log, "test.clock-1", 1, "none", commandId), Unavailable);
    await server.order({ faults: { delay: 0 } });
    assert.equal((await persistently(() => append(log, "test.clock-1", 1, "none", commandId))).replayed, true);
    assert.equal((await persistently(() => log.read("test.clock-1"))).length, 1);
  });

  it("follows on without a gap or a duplicate when the server drops its subscriptions", async () => {
    await using server = await startProtocolServer();
    await using log = await opened(server);
    const following = pagesUntil(log.subscribe({ after: 0, signal: new AbortController().signal }), (events) => events.length >= 60);
    for (const index of upTo(60)) {
      await append(log, "test.clock-1");
      if (index % 10 === 5) await server.order({ dropSubscriptions: true });
    }
    assert.deepEqual(eventsOf(await following).map(({ revision }) => revision), upTo(60));
  });

  it("goes on by itself when the server refuses, cuts off and dies, and has lost nothing that it acknowledged", async () => {
    await using server = await startProtocolServer();
    await using log = await opened(server, 1000);
    const before = await Promise.all(upTo(20).map((index) => persistently((commandId) => append(log, `test.clock-${index % 3}`, 1, "any", commandId))));
    await server.order({ faults: { unavailable: true } });
    await assert.rejects(append(log, "test.clock-1"), Unavailable);
    await server.order({ faults: { unavailable: false } });
    await persistently((commandId) => append(log, "test.clock-refused", 1, "any", commandId));
    await server.order({ disconnect: true });
    await persistently((commandId) => append(log, "test.clock-cut", 1, "any", commandId));
    await server.kill();
    await assert.rejects(log.head(), Unavailable);
    await server.start();
    await persistently((commandId) => append(log, "test.clock-killed", 1, "any", commandId));
    const events = await persistently(() => everything(log));
    assert.deepEqual(before.map(({ position }) => position).toSorted((a, b) => a - b), events.slice(0, 20).map(({ position }) => position));
    assert.deepEqual(events.slice(20).map(({ stream }) => stream), ["test.clock-refused", "test.clock-cut", "test.clock-killed"]);
  });

  it("says quickly that a server is not there", async () => {
    const url = "esdb://127.0.0.1:9?tls=false";
    const began = performance.now();
    await assert.rejects(openEventStoreLog({ url, connect: { connectionString: database.url } }), Unavailable);
    assert.ok(performance.now() - began < 10_000);
  });

  it("refuses an append that is larger than the server takes, and nothing else of the same moment", async () => {
    await using server = await startProtocolServer({ maxAppendSize: 100_000 });
    await using log = await opened(server);
    const large = { ...ticks(1)[0], id: newId(), type: "test.Ticked.v1", data: { text: "x".repeat(150_000) } };
    const appends = [append(log, "test.clock-1"), log.append("test.clock-1", [large], { expected: "any", cause: cause() }), append(log, "test.clock-1", 400), append(log, "test.clock-1", 400)];
    const { done, failed } = await outcomes(appends);
    assert.equal(done.length, 3);
    assert.ok(failed[0] instanceof Error && failed[0].name === "PayloadTooLarge");
  });
});

/** As a client does for which the server is away: again, under the same command. */
const persistently = async <Answer>(work: (commandId: string) => Promise<Answer>): Promise<Answer> => {
  for (const commandId = newId(); ; )
    try {
      return await work(commandId);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
};
