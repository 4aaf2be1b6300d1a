import type { Leases } from "#commands/ports/leases.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { Fenced, type Kept } from "./checkpoint.ts";
import type { Lease } from "./lease.ts";

/** The one runner of a projection or a policy, and who wants to be it. */
export interface Seat {
  readonly sql: Sql;
  readonly leases: Leases;
  readonly kept: Kept;
  readonly name: string;
  readonly owner: string;
  /** Tables of a higher generation belong to newer code; they are left alone. */
  readonly generation: number;
}

// A holder that dies is replaced within these two together.
const lifetimeMs = 3000;
export const retryMs = 500;

/** The lease of the runner. */
export const seatName = (kept: Kept, name: string): string => `${kept}:${name}`;

/** What to ask `Leases` for; null where the tables belong to newer code. */
export const leaseOf = async ({ sql, leases, kept, name, owner, generation }: Seat): Promise<Lease | null> => {
  const [row] = await sql.query<{ fence: number }>({
    name: `${kept}_seat`,
    text: `with made as (insert into waybill.${kept} (name) values ($1) on conflict do nothing returning fence)
           select fence from made union all select fence from waybill.${kept} at where name = $1 and ${ours(kept)}`,
    values: [name, generation],
  });
  return row ? { leases, name: seatName(kept, name), owner, lifetimeMs, above: row.fence } : null;
};

/** From here on nobody with a lower token moves the checkpoint or writes the tables. Throws `Fenced` where a higher one was here. */
export const raiseFence = async ({ sql, kept, name, generation }: Seat, token: number): Promise<void> => {
  const raised = await sql.query({
    name: `${kept}_fence`,
    text: `update waybill.${kept} at set fence = $3 where name = $1 and fence < $3 and ${ours(kept)} returning 1`,
    values: [name, generation, token],
  });
  if (raised.length === 0) throw new Fenced(name);
};

// A rebuild that a person asked for goes back to an older generation, too.
const ours = (kept: Kept): string =>
  `(at.generation <= $2 or exists (select from waybill.${kept} next where next.name = at.name || '_next' and next.generation = $2))`;
