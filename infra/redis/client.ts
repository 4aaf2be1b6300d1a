import { createClient } from "redis";
import type { Tls } from "#infra/tls.ts";

export interface Address {
  /** `redis://user:password@host:6379/0` */
  readonly url: string;
  readonly tls?: Tls | undefined;
}

/** A connection whose server has said nothing for this long is given up, and made anew. */
const silentMs = 1500;
/** A connection on which nothing else happens is asked this often whether it lives. */
const pingMs = 500;

/** One connection, not open yet; once open it comes back by itself for ever. */
export const clientOf = ({ url, tls }: Address) =>
  createClient({
    // The client takes no TLS beside a URL without it, and would print the URL, password and all.
    url: tls ? url.replace(/^redis:/, "rediss:") : url,
    // Commands of a time without a connection fail at once: what waits for Redis is slower than what does without it.
    disableOfflineQueue: true,
    pingInterval: pingMs,
    commandOptions: { timeout: 0 },
    maintNotifications: "disabled",
    socket: {
      ...(tls ? { ...tls, tls: true as const } : {}),
      connectTimeout: silentMs,
      socketTimeout: silentMs,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000) * (0.5 + Math.random() / 2),
    },
  });

export type RedisClient = ReturnType<typeof clientOf>;
