import { createClient } from "redis";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Tls } from "#infra/tls.ts";

const clientOf = ({ url, tls }: Pick<RedisOptions, "url" | "tls">) =>
  createClient({
    url,
    // Commands of a time without a connection fail at once: what waits for Redis is slower than what does without it.
    disableOfflineQueue: true,
    socket: {
      ...(tls ? { ...tls, tls: true as const } : {}),
      connectTimeout: 2000,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000) * (0.5 + Math.random() / 2),
    },
  });

export type RedisClient = ReturnType<typeof clientOf>;

export interface RedisOptions {
  /** `redis://user:password@host:6379/0` */
  readonly url: string;
  /** Begins every key. */
  readonly prefix: string;
  readonly tls?: Tls | undefined;
  /** Told when the server goes away, with the reason, and when it is back. */
  readonly changed?: ((away: Error | null) => void) | undefined;
}

/** A Redis server that may be away at any time: nothing in it is the only copy. */
export interface Redis extends AsyncDisposable {
  /** The name of a key of this installation. */
  readonly key: (...parts: readonly string[]) => string;
  /** Throws `Unavailable` at once while the server is away, and when it does not answer within a second. */
  readonly run: <Answer>(work: (client: RedisClient) => Promise<Answer>) => Promise<Answer>;
  /** A connection of its own that receives what is published on the channel; it subscribes again by itself after a loss. */
  readonly listen: (channel: string, heard: (message: string) => void) => Promise<AsyncDisposable>;
  /** Why it is away; null while it is there. */
  readonly away: () => Error | null;
}

const mostMs = 1000;

/** Connects in the background, again and again: an absent server is no reason not to start. */
export const openRedis = ({ url, prefix, tls, changed }: RedisOptions): Redis => {
  let away: Error | null = new Error("not connected yet");
  const set = (next: Error | null) => {
    const news = (away === null) !== (next === null);
    away = next;
    if (news) changed?.(next);
  };
  const client = clientOf({ url, tls });
  client.on("error", (error: Error) => set(error));
  client.on("ready", () => set(null));
  const connected = client.connect().catch(ignore);

  const run: Redis["run"] = async (work) => {
    if (!client.isReady) throw new Unavailable("redis", { cause: away ?? new Error("connecting") });
    try {
      return await Promise.race([work(client), late()]);
    } catch (cause) {
      throw cause instanceof Unavailable ? cause : new Unavailable("redis", { cause });
    }
  };

  const listeners = new Set<RedisClient>();
  const listen: Redis["listen"] = async (channel, heard) => {
    const ear = clientOf({ url, tls });
    listeners.add(ear);
    ear.on("error", ignore);
    void ear
      .connect()
      .then(() => ear.subscribe(channel, heard))
      .catch(ignore);
    const close = async () => {
      listeners.delete(ear);
      ear.destroy();
    };
    return { [Symbol.asyncDispose]: close };
  };

  return {
    key: (...parts) => [prefix, ...parts].join(":"),
    run,
    listen,
    away: () => away,
    [Symbol.asyncDispose]: async () => {
      for (const ear of listeners) ear.destroy();
      if (client.isOpen) client.destroy();
      await connected;
    },
  };
};

const late = () =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Unavailable("redis", { cause: new Error(`no answer within ${mostMs} ms`) })), mostMs).unref();
  });

const ignore = () => undefined;
