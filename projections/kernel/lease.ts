import { Unavailable } from "#domain/kernel/errors.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { Fenced, type Kept } from "./checkpoint.ts";
import { pause } from "./pause.ts";

/** Whom there is one of across all processes. */
export interface Seat {
  readonly sql: Sql;
  readonly kept: Kept;
  readonly name: string;
  /** Whoever asks again under the same name gets it at once: a process that was killed and started again. */
  readonly owner: string;
  /** Tables of a higher generation belong to newer code; they are left alone. */
  readonly generation: number;
}

// A holder that dies is replaced within these two together.
const lifetimeMs = 3000;
export const retryMs = 500;
const renewalMs = 1000;

/** The fence of a new lease; null while another holds it. */
export const acquire = async ({ sql, kept, name, owner, generation }: Seat): Promise<number | null> => {
  await sql.query({ name: `${kept}_seat`, text: `insert into waybill.${kept} (name) values ($1) on conflict do nothing`, values: [name] });
  const [row] = await sql.query<{ fence: number }>({
    name: `${kept}_acquire`,
    // A rebuild that a person asked for goes back to an older generation, too.
    text: `update waybill.${kept} set owner = $2, fence = fence + 1, expires = clock_timestamp() + $3 * interval '1 millisecond'
            where name = $1 and (owner is null or owner = $2 or expires < clock_timestamp())
              and (generation <= $4 or exists (select from waybill.${kept} next where next.name = $1 || '_next' and next.generation = $4))
            returning fence`,
    values: [name, owner, lifetimeMs, generation],
  });
  return row?.fence ?? null;
};

/**
 * Runs `work` and renews the lease meanwhile; its signal aborts when the lease is lost, with `Fenced` as the reason, or when
 * `closing` does. Gives the lease back in the end, so that another need not wait for it to run out.
 */
export const whileHolding = async (
  seat: Seat & { readonly fence: number },
  closing: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const over = new AbortController();
  const signal = AbortSignal.any([closing, over.signal]);
  const renewing = renewal(seat, signal).catch((error: unknown) => over.abort(error));
  try {
    await work(signal);
  } finally {
    over.abort();
    await renewing;
    await release(seat).catch(ignoreUnavailable);
  }
};

const renewal = async ({ sql, kept, name, fence }: Seat & { readonly fence: number }, signal: AbortSignal): Promise<void> => {
  for (;;) {
    await pause(renewalMs, signal);
    if (signal.aborted) return;
    const renewed = sql.query({
      name: `${kept}_renew`,
      text: `update waybill.${kept} set expires = clock_timestamp() + $3 * interval '1 millisecond' where name = $1 and fence = $2 returning 1`,
      values: [name, fence, lifetimeMs],
    });
    // While the server is away nobody else can take over either; what they took is seen when it is back.
    const rows = await renewed.catch(ignoreUnavailable);
    if (rows?.length === 0) throw new Fenced(name);
  }
};

const release = ({ sql, kept, name, fence }: Seat & { readonly fence: number }): Promise<unknown> =>
  sql.query({
    name: `${kept}_release`,
    text: `update waybill.${kept} set owner = null, expires = null where name = $1 and fence = $2`,
    values: [name, fence],
  });

const ignoreUnavailable = (error: unknown): undefined => {
  if (!(error instanceof Unavailable)) throw error;
};
