import { endpoint } from "#domain/deliveries/endpoint.ts";
import { deliveriesCodec } from "#domain/deliveries/events.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import type { DeliveriesNeeds } from "#infra/deliveries/run.ts";
import { memoryLeases } from "#test/support/memory-leases.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Behave } from "./receiver.ts";

/** The step at which it dies, counted from 1: `before` it is done, or `after`, when nobody hears any more that it was. */
export interface Death {
  readonly step: number;
  readonly when: "before" | "after";
}

/**
 * A deliverer of which every step outside of its own memory (each statement, append, lease, secret, request) can be its last. What
 * follows it is as behind kill -9: nothing that it asks for is done any more, and its lease is there for the next one.
 */
export const mortal = (world: Deliveries, death: Death) => {
  const steps = { count: 0, dead: false };
  const leases = memoryLeases();
  const ended = Promise.withResolvers<void>();
  const never = new Promise<never>(() => undefined);
  let running: AsyncDisposable | undefined;
  const die = () => {
    steps.dead = true;
    // Its end is not waited for: it waits for answers that never come.
    void running?.[Symbol.asyncDispose]();
    ended.resolve();
  };
  /** True when this step is the last one. */
  const isLast = (step: number, when: Death["when"]): boolean => {
    if (!steps.dead && step === death.step && when === death.when) die();
    return steps.dead;
  };
  const step = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const own = ++steps.count;
    if (isLast(own, "before")) return never;
    const answer = await work();
    return isLast(own, "after") ? never : answer;
  };
  const log: EventLog = {
    append: (stream, events, options) => step(() => world.log.append(stream, events, options)),
    receipt: (commandId) => step(() => world.log.receipt(commandId)),
    read: (stream, options) => step(() => world.log.read(stream, options)),
    readAll: (options) => step(() => world.log.readAll(options)),
    head: () => step(() => world.log.head()),
    subscribe: (options) => world.log.subscribe(options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const needs: Partial<DeliveriesNeeds> = {
    log,
    endpoints: aggregate(endpoint, deliveriesCodec, log),
    secrets: { read: (id) => step(() => world.secrets.read(id)) },
    database: {
      query: (statement) => step(() => world.database.query(statement)),
      transaction: (work, schema) => step(() => world.database.transaction(work, schema)),
    },
    leases: {
      acquire: (...asked) => step(() => leases.acquire(...asked)),
      renew: (...asked) => step(() => leases.renew(...asked)),
      release: (...asked) => step(() => leases.release(...asked)),
      held: (...asked) => step(() => leases.held(...asked)),
    },
    // Nobody waits for one that may be alive.
    workers: { ...world.workers, seen: async () => [] },
  };
  const life = world.deliver(needs);
  running = life;
  return {
    dead: ended.promise,
    isDead: () => steps.dead,
    /** In good order. */
    end: async () => life[Symbol.asyncDispose](),
    /** A receiver's part of it: a request that is under way is a step, too. */
    meets:
      (behave: Behave): Behave =>
      async (one, response) => {
        const own = ++steps.count;
        if (isLast(own, "before")) {
          response.destroy();
          return false;
        }
        if (own !== death.step || steps.dead) return behave(one, response);
        die();
        response.destroy();
        // It has the event, and nobody knows.
        return true;
      },
  };
};
