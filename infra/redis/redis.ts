import { Unavailable } from "#domain/kernel/errors.ts";
import { type Address, clientOf, type RedisClient } from "./client.ts";
import { type Listener, openEar } from "./ear.ts";

export interface RedisOptions extends Address {
  /** Begins every key. */
  readonly prefix: string;
  /** Told when the server goes away, with the reason, and when it is back. */
  readonly changed?: ((away: Error | null) => void) | undefined;
}

/** A Redis server that may be away at any time: nothing in it is the only copy. */
export interface Redis extends AsyncDisposable {
  /** The name of a key of this installation. */
  readonly key: (...parts: readonly string[]) => string;
  /**
   * Throws `Unavailable` at once while the server is away, and when it does not answer within a second: then the work may have
   * been done all the same. Before the first connection it waits for that one, as long at most.
   */
  readonly run: <Answer>(work: (client: RedisClient) => Promise<Answer>) => Promise<Answer>;
  /** Receives what is published on the channel; subscribes again by itself after a loss, and says so by `resumed`. */
  readonly listen: (channel: string, heard: Listener["heard"], resumed?: Listener["resumed"]) => Promise<AsyncDisposable>;
  /** Why it is away; null while it is there. */
  readonly away: () => Error | null;
}

const patienceMs = 1000;

/** Connects in the background, again and again: an absent server is no reason not to start. */
export const openRedis = ({ prefix, changed, ...address }: RedisOptions): Redis => {
  const client = clientOf(address);
  const ear = openEar(address);
  const breaker = circuit(changed);
  client.on("error", (error: Error) => breaker.open(error));
  // An answer to a ping: a server that was only slow is there again.
  for (const sign of ["ready", "ping-interval"]) client.on(sign, breaker.close);
  client.connect().catch(() => undefined);

  const run: Redis["run"] = async (work) => {
    await breaker.known();
    return breaker.guard((async () => work(client))());
  };
  return {
    key: (...parts) => [prefix, ...parts].join(":"),
    run,
    listen: async (channel, heard, resumed) => {
      const end = ear.listen(channel, { heard, resumed });
      return { [Symbol.asyncDispose]: async () => end() };
    },
    away: breaker.away,
    [Symbol.asyncDispose]: async () => {
      ear.close();
      client.destroy();
    },
  };
};

/** Lets nobody wait for a server that keeps others waiting already. */
const circuit = (changed: RedisOptions["changed"]) => {
  // Undefined until the first connection is there, or has failed.
  let state: Error | null | undefined;
  const waiting = new Set<(state: Error | null) => void>();

  const set = (next: Error | null): void => {
    const isNews = next === null ? state instanceof Error : !(state instanceof Error);
    state = next;
    for (const tell of waiting) tell(next);
    if (isNews) changed?.(next);
  };
  const open = (error: Error) => set(error);

  /** The answer, unless the server goes away first or takes too long. */
  const guard = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const settle = () => {
        waiting.delete(told);
        clearTimeout(timer);
      };
      const fail = (cause: unknown) => {
        settle();
        reject(cause instanceof Unavailable ? cause : new Unavailable("redis", { cause }));
      };
      const told = (next: Error | null) => {
        if (next) fail(next);
      };
      // What arrived while this process was busy with something else is looked at first.
      const timer = setTimeout(() => setImmediate(() => waiting.has(told) && open(new Error(`no answer within ${patienceMs} ms`))), patienceMs);
      waiting.add(told);
      answer.finally(settle).then(resolve, fail);
    });

  const known = async (): Promise<void> => {
    if (state === undefined) {
      const first = Promise.withResolvers<void>();
      const told = () => first.resolve();
      waiting.add(told);
      await guard(first.promise).finally(() => waiting.delete(told));
    }
    if (state) throw new Unavailable("redis", { cause: state });
  };

  return { open, close: () => set(null), away: () => (state === undefined ? new Error("not connected yet") : state), guard, known };
};
