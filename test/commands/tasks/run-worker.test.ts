import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { taskCodec, taskStream } from "#domain/tasks/events.ts";
import { task } from "#domain/tasks/task.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import { newId } from "#commands/kernel/command-id.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { type Alone, type RunWorker, runWorker } from "#commands/tasks/run-worker.ts";
import type { Job, Outcome } from "#commands/tasks/worker.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { whileHolding } from "#projections/kernel/lease.ts";
import { memoryLeases } from "#test/support/memory-leases.ts";
import { eventually } from "#test/support/projecting.ts";

const nothingOpen = async () => ({ position: 0, tasks: [] });

/** A log and a store of leases, and workers on them that know nothing of each other. */
const world = (lifetimeMs = 5000) => {
  const log = memoryLog();
  const leases = memoryLeases();
  const closing = new AbortController();
  const running: Promise<void>[] = [];
  const never = new AbortController().signal;
  const outcomes: Outcome[] = [];
  const alone = (owner: string): Alone => (name, above, work) =>
    whileHolding({ leases, name, owner, lifetimeMs, above }, never, (token, signal) => work({ token, signal }));
  return {
    log,
    leases,
    outcomes,
    queue: async (subject: string) => {
      const id = newId();
      const cause = { actor: "test", commandId: newId(), correlationId: id };
      await aggregate(task, taskCodec, log).handle(taskStream(id), { type: "QueueTask", task: id, kind: "publication", subject, input: {} }, cause);
      return id;
    },
    worker: (name: string, job: Job, more: Partial<RunWorker> = {}) => {
      const needs = { name, log, tasks: aggregate(task, taskCodec, log), clock: Date.now, openAt: nothingOpen, alone: alone(name), signal: closing.signal };
      running.push(runWorker({ ...needs, jobs: { publication: job }, report: (outcome) => outcomes.push(outcome), ...more }));
    },
    /** The short names of a task's events. */
    typesOf: async (id: string) => (await log.read(taskStream(id))).map(({ type }) => type.split(".")[1] ?? ""),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.all(running);
    },
  };
};

const over = (types: readonly string[]) => types.at(-1) === "TaskSucceeded";

/** The log as it is when somebody else never stops writing. */
const restless = (log: EventLog): EventLog => ({
  ...log,
  subscribe: async function* (options) {
    for await (const page of log.subscribe(options)) {
      yield { ...page, caughtUp: false };
      for (let more = 0; more < 5; more++) {
        await sleep(60);
        yield { events: [], position: page.position, caughtUp: false };
      }
    }
  },
});

describe("Workers", () => {
  it("share the subjects, and never work on one at the same time", async () => {
    await using all = world();
    const busy = new Set<string>();
    const done = new Map<string, number>();
    const job = (worker: string): Job => async (subject) => {
      assert.ok(!busy.has(subject), `${subject} at the same time`);
      busy.add(subject);
      await sleep(20);
      busy.delete(subject);
      done.set(worker, (done.get(worker) ?? 0) + 1);
      return {};
    };
    for (const name of ["one", "two", "three"]) all.worker(name, job(name), { abreast: 2 });
    const ids = await Promise.all(Array.from({ length: 24 }, (_, index) => all.queue(`repository-${index % 12}`)));
    for (const id of ids) await eventually(() => all.typesOf(id), over);
    assert.deepEqual(all.outcomes.filter(({ error }) => error !== undefined), []);
    assert.ok(done.size > 1, `all by ${[...done.keys()].join()}`);
  });

  it("keep a job that outlasts many lifetimes of its lease, and write nothing while it goes on", async () => {
    await using all = world(1500);
    const begun: string[] = [];
    const long = (worker: string): Job => async () => {
      begun.push(worker);
      await sleep(5000);
      return {};
    };
    all.worker("one", long("one"));
    all.worker("two", long("two"));
    const id = await all.queue("demo");
    assert.deepEqual(await eventually(() => all.typesOf(id), over), ["TaskQueued", "TaskLeased", "TaskSucceeded"]);
    assert.equal(begun.length, 1);
  });

  it("take over from one who lost the lease; that one is told to stop, and ends nothing", async () => {
    await using all = world(600);
    const entered = Promise.withResolvers<AbortSignal>();
    const waking = Promise.withResolvers<void>();
    all.worker("sleeper", async (_, __, signal) => {
      entered.resolve(signal);
      await waking.promise;
      return { by: "sleeper" };
    });
    const id = await all.queue("demo");
    const signal = await entered.promise;
    all.leases.forget();
    all.worker("other", async () => ({ by: "other" }));
    await eventually(() => all.typesOf(id), over);
    await eventually(async () => signal.aborted, (aborted) => aborted);
    waking.resolve();
    await eventually(async () => all.outcomes.length, (count) => count === 2);
    assert.deepEqual(await all.typesOf(id), ["TaskQueued", "TaskLeased", "TaskLeased", "TaskSucceeded"]);
    const last = (await all.log.read(taskStream(id))).at(-1);
    assert.deepEqual(last?.data["result"], { by: "other" });
  });

  it("find their work on a log that never rests", async () => {
    await using all = world();
    all.worker("one", async () => ({}), { log: restless(all.log) });
    const id = await all.queue("demo");
    await eventually(() => all.typesOf(id), over);
  });
});
