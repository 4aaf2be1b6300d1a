import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type AllStreamResolvedEvent, type AllStreamSubscription, type AppendExpectedRevision, EventStoreDBClient, eventTypeFilter, jsonEvent, MaxAppendSizeExceededError, StreamNotFoundError, streamNameFilter, WrongExpectedVersionError } from "@eventstore/db-client";
import { upTo } from "#test/conformance/event-log/harness.ts";
import { startProtocolServer } from "#test/support/eventstore.ts";

// What the adapter relies on, asked through the client library: the protocol server must do as EventStoreDB does, which is asked the same
// where EVENTSTORE_URL says one.
const behaviour = (name: string, url: () => Promise<string>) =>
  describe(`${name}, as its client library sees it`, () => {
    let client: EventStoreDBClient;
    before(async () => (client = EventStoreDBClient.connectionString(await url())));
    after(() => client.dispose());
    const append = (to: string, events: readonly ReturnType<typeof ticked>[], expectedRevision: AppendExpectedRevision = "any") => client.appendToStream(to, [...events], { expectedRevision });
    const revisions = async (of: string) => (await Array.fromAsync(client.readStream(of))).map(({ event }) => Number(event?.revision));

    it("answers with the last event's revision and position", async () => {
      const to = stream();
      const { nextExpectedRevision, position } = await append(to, ticks(3), "no_stream");
      const events = await Array.fromAsync(client.readStream(to));
      assert.equal(nextExpectedRevision, 2n);
      assert.deepEqual(events.map(({ event }) => event?.position?.commit === position?.commit), [false, false, true]);
    });

    it("refuses a revision that is not the stream's last one, and says which is", async () => {
      const to = stream();
      await append(to, ticks(2));
      for (const expected of ["no_stream", 0n, 7n] as const)
        await assert.rejects(append(to, ticks(1), expected), (error) => error instanceof WrongExpectedVersionError && error.actualVersion === 1n);
      await assert.rejects(append(stream(), ticks(1), "stream_exists"), WrongExpectedVersionError);
      assert.deepEqual(await revisions(to), [0, 1]);
    });

    it("answers the same events at the same revision as it did at first, however much came later", async () => {
      const [to, events] = [stream(), ticks(2)];
      const first = await append(to, events, "no_stream");
      await append(to, ticks(5), 1n);
      assert.deepEqual(await append(to, events, "no_stream"), first);
      await assert.rejects(append(to, [...ticks(1), ...events], "no_stream"), WrongExpectedVersionError);
      await assert.rejects(append(to, [...events, ...ticks(6)], "no_stream"));
      assert.equal((await revisions(to)).length, 7);
    });

    it("recognises recent events where any revision will do", async () => {
      const [to, events] = [stream(), ticks(2)];
      await append(to, events);
      await append(to, events);
      assert.deepEqual(await revisions(to), [0, 1]);
    });

    it("has no stream without events", () => assert.rejects(revisions(stream()), StreamNotFoundError));

    it("takes a megabyte at once", async () => {
      const to = stream();
      await append(to, [ticked("x".repeat(950_000))]);
      await assert.rejects(append(to, [ticked("x".repeat(600_000)), ticked("x".repeat(600_000))]), MaxAppendSizeExceededError);
      assert.deepEqual(await revisions(to), [0]);
    });

    for (const [what, filter] of [["a prefix of the stream's name", (to: string) => streamNameFilter({ prefixes: [to] })], ["an expression of its type", (to: string) => eventTypeFilter({ regex: `^${to}$` })]] as const)
      it(`sends a subscription what ${what} lets through, and checkpoints between`, async () => {
        const [to, others] = [stream(), stream()];
        const begin = await append(others, ticks(1));
        for (const event of upTo(3)) {
          await append(others, ticks(40));
          await append(to, [ticked(event, to)]);
        }
        let checkpoints = 0;
        const options = { ...filter(to), maxSearchWindow: 10, checkpointReached: async () => void checkpoints++ };
        const { events, leave } = await caughtUp(client.subscribeToAll({ fromPosition: begin.position ?? "start", filter: options }), 3);
        await leave();
        assert.deepEqual(events, upTo(3).map((tick) => ({ tick })));
        assert.ok(checkpoints >= 8);
      });

    it("says that a subscription has caught up, and sends what comes then", async () => {
      const to = stream();
      const { position } = await append(to, ticks(1));
      const following = client.subscribeToAll({ fromPosition: position ?? "start", filter: streamNameFilter({ prefixes: [to] }) });
      const { next, leave } = await caughtUp(following, 0);
      await append(to, [ticked("later")]);
      assert.deepEqual(await next(), { tick: "later" });
      await leave();
    });
  });

const stream = () => `test-${randomUUID()}`;
const ticked = (tick: unknown, type = "test.Ticked.v1") => jsonEvent({ id: randomUUID(), type, data: { tick: tick as number } });
const ticks = (count: number) => upTo(count).map((tick) => ticked(tick));

/** The first events of a subscription, which comes to say that it has caught up, too. */
const caughtUp = async (following: AllStreamSubscription, count: number) => {
  const said = new Promise((resolve) => following.once("caughtUp", resolve));
  following.on("error", () => undefined);
  const events: unknown[] = [];
  const arriving = following.map(({ event }: AllStreamResolvedEvent): unknown => event?.data)[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => (await arriving.next()).value;
  while (events.length < count) events.push(await next());
  await said;
  return { events, next, leave: () => following.unsubscribe() };
};

let server: ReturnType<typeof startProtocolServer> | undefined;
behaviour("The EventStoreDB protocol server", async () => (await (server ??= startProtocolServer())).url);
after(async () => (await server)?.[Symbol.asyncDispose]());

const { EVENTSTORE_URL: real } = process.env;
if (real !== undefined && real !== "") behaviour("EventStoreDB", async () => real);

describe("The EventStoreDB protocol server when it is killed", () => {
  it("has what it acknowledged, and has forgotten which events are recent", async () => {
    await using server = await startProtocolServer();
    const events = ticks(2);
    const one = EventStoreDBClient.connectionString(server.url);
    await one.appendToStream("test-1", events);
    await server.kill();
    await server.start();
    const other = EventStoreDBClient.connectionString(server.url);
    await other.appendToStream("test-1", events, { expectedRevision: "no_stream" });
    await other.appendToStream("test-1", events);
    assert.equal((await Array.fromAsync(other.readStream("test-1"))).length, 4);
    await Promise.all([one.dispose(), other.dispose()]);
  });
});
