import { deliveriesCodec } from "#domain/deliveries/events.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { bell, backoff, pause } from "#projections/kernel/pause.ts";
import type { ReadModels } from "#projections/kernel/watch.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { allEndpoints, type Endpoint, openRequests, type Request } from "./store.ts";

/** Every endpoint as it is to be served, and what was asked for, always nearly up to date. */
export interface Registry extends AsyncDisposable {
  readonly endpoints: () => readonly Endpoint[];
  readonly requests: () => readonly Request[];
  /** Aborts at the next change. Take it before looking. */
  readonly changed: () => AbortSignal;
}

export interface RegistryNeeds {
  readonly log: EventLog;
  readonly sql: Sql;
  readonly readModels: Pick<ReadModels, "reached">;
}

const lookMs = 10_000;
const reachMs = 10_000;

/** Resolves when the read model has all that was in the log: an older state would send again what was sent. */
export const openRegistry = async ({ log, sql, readModels }: RegistryNeeds, signal: AbortSignal): Promise<Registry> => {
  const closing = new AbortController();
  const over = AbortSignal.any([signal, closing.signal]);
  const changed = bell();
  const told = bell();
  let [endpoints, requests]: [readonly Endpoint[], readonly Request[]] = [[], []];
  const begun = await log.head();
  let wanted = begun;

  const load = async () => {
    endpoints = await allEndpoints(sql);
    requests = await openRequests(sql, endpoints.map(({ id }) => id));
    changed.ring();
  };
  const hearing = (async () => {
    for await (const page of log.subscribe({ after: wanted, types: deliveriesCodec.types, signal: over })) {
      const last = page.events.findLast(({ type }) => !/\.(CursorNoted|DeadLettered|ResendTaken)\./.test(type));
      if (!last) continue;
      wanted = last.position;
      told.ring();
    }
  })();
  const until = async (position: number) => {
    while (!over.aborted && (await readModels.reached("webhooks", position, reachMs)).stale);
  };
  await until(begun);
  if (!over.aborted) await load();
  const loading = (async () => {
    const again = backoff(over);
    for (let loaded = begun; !over.aborted; ) {
      const rung = told.signal();
      if (wanted === loaded) await pause(lookMs, AbortSignal.any([over, rung]));
      if (over.aborted) return;
      const upTo = wanted;
      await until(upTo);
      try {
        await load();
        loaded = upTo;
        again.reset();
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        await again.wait();
      }
    }
  })();
  return {
    endpoints: () => endpoints,
    requests: () => requests,
    changed: changed.signal,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.allSettled([hearing, loading]);
    },
  };
};
