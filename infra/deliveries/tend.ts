import { Unavailable } from "#domain/kernel/errors.ts";
import { Fenced } from "#projections/kernel/checkpoint.ts";
import { patiently, pause } from "#projections/kernel/pause.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { type LaneNeeds, runLane } from "./lane.ts";
import { attemptOf, isTaken, openPost, type PostNeeds } from "./post.ts";
import type { Registry } from "./registry.ts";
import type { Source } from "./source.ts";
import { type Endpoint, openCursor, type Request } from "./store.ts";
import type { Writer } from "./writer.ts";

export interface TendNeeds extends LaneNeeds {
  readonly source: Source;
  readonly writer: Writer;
  readonly sql: Sql;
  readonly registry: Registry;
  readonly post: PostNeeds;
  /** A defect, for the process's own log. */
  readonly failed: (endpoint: string, error: unknown) => void;
}

/** The endpoints of one share, and the token under which they are ours. */
export interface Share {
  readonly mine: (endpoint: string) => boolean;
  readonly fence: number;
  /** Those that turned out to be another's by now. */
  readonly lost: ReadonlySet<string>;
}

interface Lane {
  readonly endpoint: Endpoint;
  readonly stop: () => Promise<void>;
}

const lookMs = 1000;
const defectMs = 5000;

/** Serves a share of the endpoints until the signal aborts; each as it is told to be, anew after each change. Throws `Fenced`. */
export const tend = async (needs: TendNeeds, share: Share, signal: AbortSignal): Promise<void> => {
  const { registry } = needs;
  const lanes = new Map<string, Lane>();
  const requests = new Map<string, Promise<void>>();
  try {
    while (!signal.aborted) {
      const changed = registry.changed();
      if (share.lost.size > 0) throw new Fenced([...share.lost].join(", "));
      const endpoints = new Map(registry.endpoints().filter(({ id }) => share.mine(id)).map((endpoint) => [endpoint.id, endpoint]));
      for (const [id, lane] of lanes) {
        const now = endpoints.get(id);
        if (now?.enabled === true && now.position === lane.endpoint.position) continue;
        lanes.delete(id);
        await lane.stop();
      }
      for (const endpoint of endpoints.values()) if (endpoint.enabled && !lanes.has(endpoint.id)) lanes.set(endpoint.id, begin(needs, share, endpoint, signal));
      for (const request of registry.requests()) {
        const endpoint = endpoints.get(request.endpoint);
        if (endpoint && !requests.has(request.id)) requests.set(request.id, carryOut(needs, endpoint, request, signal));
      }
      await pause(lookMs, AbortSignal.any([signal, changed]));
    }
  } finally {
    await Promise.all([...[...lanes.values()].map(({ stop }) => stop()), ...requests.values()]);
    await Promise.race([needs.writer.flushed(), pause(2000, new AbortController().signal)]);
  }
};

const begin = (needs: TendNeeds, { fence }: Share, endpoint: Endpoint, closing: AbortSignal): Lane => {
  const stopped = new AbortController();
  const signal = AbortSignal.any([closing, stopped.signal]);
  const running = keep(needs, endpoint, { fence, signal });
  return {
    endpoint,
    stop: async () => {
      stopped.abort();
      await running;
      // The next one reads from the table where this one was.
      await Promise.race([needs.writer.flushed(), pause(2000, closing)]);
    },
  };
};

/** A lane that meets a defect or a server that is away is begun again, from what is stored. */
const keep = async (needs: TendNeeds, endpoint: Endpoint, { fence, signal }: { readonly fence: number; readonly signal: AbortSignal }): Promise<void> => {
  while (!signal.aborted)
    try {
      const cursor = await openCursor(needs.sql, endpoint, fence);
      if (!cursor) return;
      using post = await openPost(needs.post, endpoint);
      return await runLane(needs, { endpoint, fence, cursor, post }, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Unavailable) || error.what.startsWith("secret")) needs.failed(endpoint.id, error);
      await needs.writer.flushed();
      await pause(error instanceof Unavailable ? lookMs : defectMs, signal);
    }
};

/** One delivery out of order: tried once, and logged whatever becomes of it. */
const carryOut = async (needs: TendNeeds, endpoint: Endpoint, request: Request, signal: AbortSignal): Promise<void> => {
  try {
    using post = await openPost(needs.post, endpoint);
    const event = await needs.source.at(request.position);
    if (!event || signal.aborted) return;
    const answer = await post.send(event, request.kind === "test" ? `test_${request.id}` : event.id, signal);
    if (signal.aborted) return;
    const outcome = isTaken(answer) ? "delivered" : "failed";
    // Said before the attempt is written: what has no attempt is sent again after a crash.
    if (request.kind === "resend" && isTaken(answer)) await patiently(signal, async () => needs.outcomes.resent(request, await needs.source.at(request.asked)));
    await needs.writer.put(null, attemptOf(event, answer, { endpoint: endpoint.id, kind: request.kind, request: request.id, attempt: 1, outcome, nextAt: null }));
  } catch (error) {
    if (!signal.aborted) needs.failed(endpoint.id, error);
  }
};
