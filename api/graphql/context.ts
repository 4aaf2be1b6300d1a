import { commandIdOf, newId } from "#commands/kernel/command-id.ts";
import type { Cause } from "#domain/kernel/event.ts";
import type { Principal } from "#api/access/principal.ts";
import type { Application, Shown } from "#api/application.ts";

/** What the resolvers of one operation know of its request. */
export interface Context {
  readonly application: Application;
  readonly principal: Principal;
  /** Header `Waybill-After`: the position that reads show at least, where they do not say so themselves. */
  readonly after: number | null;
  /** Where the request comes from. */
  readonly address: string | null;
  /** Header `X-Request-Id`. */
  readonly requestId: string | null;
  /** Header `traceparent` (W3C Trace Context), where it is well-formed. */
  readonly traceparent: string | null;
  /** Ends with the connection. */
  readonly signal: () => AbortSignal;
  /** The token still holds; asked again and again by whatever lasts long. */
  readonly stillAllowed: () => Promise<boolean>;
}

interface Asked {
  readonly idempotencyKey?: string | null | undefined;
  readonly reason?: string | null | undefined;
}

/** The cause of a command; the same key from the same account for the same mutation makes the same command. */
export const causeOf = ({ principal, requestId, traceparent }: Context, mutation: string, { idempotencyKey, reason }: Asked): Cause => {
  const actor = `token:${principal.tokenId}`;
  const commandId = idempotencyKey ? commandIdOf(actor, mutation, idempotencyKey) : newId();
  return {
    actor,
    commandId,
    correlationId: requestId ?? commandId,
    ...(reason ? { reason } : {}),
    ...(traceparent === null ? {} : { traceparent }),
  };
};

/** Waits for the position that a read was asked to show, as long as the limits allow. Call it before reading. */
export const shown = async ({ application, after }: Context, projection: string, asked?: number | null): Promise<Shown> => {
  const { progress, limits } = application;
  const wanted = asked ?? after;
  return wanted === null
    ? { position: progress.position(projection), stale: false }
    : progress.reached(projection, wanted, limits.waitMs);
};
