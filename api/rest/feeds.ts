import { type Request, type RequestHandler, type Response, Router } from "express";
import type { EntranceNeeds } from "#api/access/entrance.ts";
import type { Principal } from "#api/access/principal.ts";
import { mayActAs } from "#api/access/principal.ts";
import { bearerSecret } from "#api/access/bearer.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { exportEvents } from "./event-export.ts";
import { streamEvents } from "./event-stream.ts";
import { requireScope } from "./guard.ts";
import { filterOf } from "#api/feeds/feed.ts";
import type { Filter } from "#domain/deliveries/filter.ts";

export interface FeedNeeds extends EntranceNeeds {
  readonly log: EventLog;
  /** Aborts when the process is about to end. */
  readonly closing: AbortSignal;
  /** Between signs of life on a stream where nothing happens. */
  readonly heartbeatMs?: number;
}

/** Proxies cut connections on which nothing moves for a minute, some sooner. */
const usualHeartbeatMs = 15_000;

/** One reader of the log over HTTP. */
export interface Reading {
  readonly log: EventLog;
  readonly response: Response;
  readonly filter: Filter;
  /** Null where the request does not say. */
  readonly after: number | null;
  readonly until: number | null;
  /** Aborts when the reader or this process goes away. */
  readonly signal: AbortSignal;
  /** Who reads, asked again and again; null where the token holds no longer. */
  readonly reader: () => Promise<Principal | null>;
  readonly closing: AbortSignal;
  readonly heartbeatMs: number;
}

/** `GET /events` (server-sent events) and `GET /events.ndjson` (a file): the log itself, from a position on, through a filter. */
export const feeds = (needs: FeedNeeds): Router => {
  const router = Router({ caseSensitive: true });
  const guard = requireScope(needs, "read");
  router.get("/events", guard, reading(needs, streamEvents));
  router.get("/events.ndjson", guard, reading(needs, exportEvents));
  return router;
};

export const isAdmin = (principal: Principal): boolean => mayActAs(principal, "admin");

const reading =
  ({ log, authenticate, closing, heartbeatMs = usualHeartbeatMs }: FeedNeeds, serve: (reading: Reading) => Promise<void>): RequestHandler =>
  async (request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const secret = bearerSecret(request.headers.authorization) ?? "";
    await serve({
      log,
      response,
      filter: filterOf(textOf(request, "filter")),
      // What a client has seen counts for more than the URL that it was first given.
      after: positionOf("Last-Event-ID", request.get("last-event-id")) ?? positionOf("after", textOf(request, "after")),
      until: positionOf("until", textOf(request, "until")),
      signal: AbortSignal.any([gone.signal, closing]),
      reader: () => authenticate(secret),
      closing,
      heartbeatMs,
    });
  };

const textOf = ({ query }: Request, name: string): string | undefined => {
  const value = query[name];
  if (value === undefined || typeof value === "string") return value;
  throw new InvalidInput([{ path: [name], message: "must be given once" }]);
};

const positionOf = (name: string, text: string | undefined): number | null => {
  if (text === undefined || text === "") return null;
  const position = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(position)) return position;
  throw new InvalidInput([{ path: [name], message: "must be a position: a whole number from 0 to 2^53-1" }]);
};
