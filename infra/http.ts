import { createServer } from "node:http";
import type { RequestListener, Server, ServerResponse } from "node:http";
import { once } from "node:events";
import { Server as TcpServer } from "node:net";
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

/**
 * Serves until disposed of: then no new connection is taken, those that are there end with their next answer, and whatever is under
 * way has `graceMs` to finish.
 */
export const listen = async (application: RequestListener, { host, port, graceMs = 5000 }: ListenOptions): Promise<Listening> => {
  const open = new Set<ServerResponse>();
  let closing: Promise<void> | undefined;
  const tracked: RequestListener = (request, response) => {
    response.shouldKeepAlive &&= closing === undefined;
    open.add(response);
    response.once("close", () => open.delete(response));
    application(request, response);
  };
  const server = createServer(patience, tracked).setTimeout(silentMs);
  const stop = () => {
    for (const response of open) response.shouldKeepAlive = false;
    return (closing ??= close(server, graceMs));
  };
  try {
    await once(server.listen(port, host), "listening");
  } catch (cause) {
    throw new CannotStart(cannotListen(cause, host, port), { cause });
  }
  const bound = portOf(server);
  return { port: bound, url: `http://${inUrl(host)}:${bound}`, [Symbol.asyncDispose]: stop };
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

/**
 * A client may be about to send on a connection that it was told to keep; to close that at once would lose its request without an
 * answer. So it has a moment to do so, and is told to close with the answer.
 */
const idleMs = 500;

const close = async (server: Server, graceMs: number): Promise<void> => {
  const closed = once(server, "close");
  // Not the HTTP server's own `close`, which hangs up on idle connections first.
  TcpServer.prototype.close.call(server);
  const over = new AbortController();
  const { signal } = over;
  const hangUp = sleep(graceMs, undefined, { signal }).then(() => server.closeAllConnections(), () => {});
  const hangUpIdle = sleep(Math.min(idleMs, graceMs), undefined, { signal }).then(() => sweep(server, signal), () => {});
  await closed;
  over.abort();
  await Promise.all([hangUp, hangUpIdle]);
};

/** An answer whose head was sent before may leave its connection to be kept for the next request. */
const sweep = async (server: Server, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    server.closeIdleConnections();
    await sleep(50, undefined, { signal }).catch(() => {});
  }
};
