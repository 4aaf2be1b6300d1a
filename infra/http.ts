import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { CannotStart } from "./cannot-start.ts";

export interface Listening extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:4000` */
  readonly url: string;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** How long requests that are under way may go on once the server closes; 5 s where absent. */
  readonly graceMs?: number;
}

/**
 * An upload may take hours and a subscription days, so that no whole request or answer has a limit of its own, but a connection on
 * which nothing at all moves is ended. Kept alive longer than a load balancer's usual minute, so that it is not us who hang up first.
 */
const patience = { headersTimeout: 30_000, requestTimeout: 0, keepAliveTimeout: 65_000 };
const silentMs = 120_000;

/** Serves until disposed of: then no new connection, idle ones end, the others have `graceMs` to finish. */
export const listen = async (application: RequestListener, { host, port, graceMs = 5000 }: ListenOptions): Promise<Listening> => {
  const server = createServer(patience, application).setTimeout(silentMs);
  try {
    await once(server.listen(port, host), "listening");
  } catch (cause) {
    throw new CannotStart(cannotListen(cause, host, port), { cause });
  }
  const bound = portOf(server);
  return { port: bound, url: `http://${inUrl(host)}:${bound}`, [Symbol.asyncDispose]: () => close(server, graceMs) };
};

const cannotListen = (cause: unknown, host: string, port: number): string => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE") return `port ${port} of ${host} is taken: stop the program that has it, or set PORT to another one`;
  if (code === "EACCES") return `port ${port} of ${host} is not for this user: set PORT to one above 1023`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `this machine has no address ${host}: set HOST to one of its own`;
  return `cannot listen on port ${port} of ${host}`;
};

const portOf = (server: Server): number => {
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : 0;
};

/** An address that listens to all is reached by the loopback's; one with colons stands in brackets. */
const inUrl = (host: string): string => {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
};

const close = async (server: Server, graceMs: number): Promise<void> => {
  const closed = once(server, "close");
  server.close();
  const grace = new AbortController();
  const hangUp = sleep(graceMs, undefined, { signal: grace.signal }).then(() => server.closeAllConnections(), () => {});
  // A connection that finishes its last answer meanwhile would be kept alive for the next request.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearInterval(idle);
  grace.abort();
  await hangUp;
};
