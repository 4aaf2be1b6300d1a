import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { newId } from "#commands/kernel/command-id.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { upTo } from "#test/conformance/event-log/harness.ts";
import { freshDatabase, startPostgres } from "#test/support/postgres.ts";
import { type Appends, appends, logOf, streamNames } from "./naive.ts";
import { assertKnown, assertPlaces, growing, processOver, until } from "./tail-support.ts";

const whats = ["grow", "grow", "own", "ask", "ask", "places", "restart", "clear", "wait"] as const;
const steps = fc.array(fc.record({ what: fc.constantFrom(...whats), who: fc.nat(1), number: fc.nat(9) }), { minLength: 5, maxLength: 60 });
type Step = typeof steps extends fc.Arbitrary<readonly (infer Value)[]> ? Value : never;

const log = () => logOf(upTo(300).map((number) => ({ stream: number % 5, size: 1 + (number % 3), gap: 1 + (number % 2), uuid: true })));

/** Two processes over one log and one index. */
const play = async (url: string, appends: Appends, steps: readonly Step[]) => {
  const whole = logOf(appends);
  const log = growing(whole);
  const name = newId();
  const [first, second] = [await processOver(url, name, log), await processOver(url, name, log)];
  const processes = [first, second];
  const play = async ({ what, who, number }: Step) => {
    const process = processes[who] ?? first;
    switch (what) {
      case "grow":
        return void log.grow(number);
      case "own": {
        const from = log.head();
        return void process.tail.add(from, { events: log.grow(number), position: log.head() });
      }
      case "ask":
        return assertKnown(process, whole, number % 2 ? log.head() : 0);
      case "places":
        return assertPlaces(process, whole, streamNames[number % 5] ?? "", number - 2);
      case "restart":
        await process[Symbol.asyncDispose]();
        return void (processes[who] = await processOver(url, name, log));
      case "clear":
        return process.index.clear();
      case "wait":
        return sleep(number);
    }
  };
  for (const step of steps) await play(step);
  log.grow(whole.length);
  for (const process of processes) await assertKnown(process, whole, log.head());
  for (const process of processes) await process[Symbol.asyncDispose]();
};

describe("The tail over the log's index", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  before(async () => (database = await freshDatabase()));
  after(() => database[Symbol.asyncDispose]());

  it("answers exactly as the log is, whichever process indexes, starts again, or clears the index", async () => {
    await fc.assert(fc.asyncProperty(appends, steps, (appends, steps) => play(database.url, appends, steps)), { numRuns: 60, endOnFailure: true });
  });

  it("brings the index up to the end of the log, by one process or another", async () => {
    const [whole, name] = [log(), newId()];
    const growth = growing(whole);
    const processes = await Promise.all(upTo(3).map(() => processOver(database.url, name, growth)));
    growth.grow(whole.length);
    await until(async () => (await processes[0]?.index.position()) === growth.head());
    for (const process of processes) {
      await assertKnown(process, whole, growth.head());
      await process[Symbol.asyncDispose]();
    }
  });

  it("clears an index that is ahead of its log, and fills it with the log that there is", async () => {
    const [old, present, name] = [log(), log().slice(0, 100), newId()];
    const before = growing(old);
    before.grow(old.length);
    const process = await processOver(database.url, name, before);
    await until(async () => (await process.index.position()) === before.head());
    await process[Symbol.asyncDispose]();
    const growth = growing(present);
    growth.grow(present.length);
    await using after = await processOver(database.url, name, growth);
    await assertKnown(after, present, growth.head());
    assert.equal((await after.tail.known({ commandIds: old.map(({ commandId }) => commandId), streams: [] })).receipts.size, 0);
  });

  it("keeps no more in memory than it may, and loses nothing over it", async () => {
    const whole = log();
    const growth = growing(whole);
    await using process = await processOver(database.url, newId(), growth, { most: 10 });
    growth.grow(whole.length);
    await assertKnown(process, whole, growth.head());
  });

  it("says when the log is not known as far as was asked", async () => {
    const whole = log();
    const growth = growing(whole);
    await using process = await processOver(database.url, newId(), growth);
    assert.equal(await process.tail.reached(1, { patience: 20 }), false);
    assert.equal(await process.tail.reached(1, { signal: AbortSignal.abort() }), false);
    const reached = process.tail.reached(growth.head() + 1);
    growth.grow(10);
    assert.equal(await reached, true);
  });

  it("does not take what comes behind a gap, and gives no answer without it", async () => {
    const whole = log();
    const growth = growing(whole);
    await using process = await processOver(database.url, newId(), growth);
    growth.grow(10);
    const [from, events] = [growth.head() + 100, whole.slice(-1)];
    assert.equal(process.tail.add(from, { events, position: events[0]?.position ?? 0 }), false);
    const asked = assertKnown(process, whole, 0);
    growth.grow(whole.length);
    await asked;
  });

  it("is unavailable while PostgreSQL is away, and goes on with what it has meanwhile heard", async () => {
    await using server = await startPostgres({ fsync: true });
    const whole = log();
    const growth = growing(whole);
    await using process = await processOver(server.url, "here", growth);
    growth.grow(100);
    await assertKnown(process, whole, growth.head());
    await server.kill();
    growth.grow(100);
    assert.equal(await process.tail.reached(growth.head()), true);
    await assert.rejects(process.tail.known({ commandIds: [], streams: ["s-0"] }), Unavailable);
    await server.start();
    await until(async () => (await process.index.position().catch(() => 0)) === growth.head());
    await assertKnown(process, whole, growth.head());
  });
});
