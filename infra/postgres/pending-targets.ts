import { Unavailable } from "#domain/kernel/errors.ts";
import type { PendingTargets } from "#commands/ports/pending-targets.ts";
import { targetsInBins } from "#projections/trust/bin-targets.ts";
import { pendingBins } from "#projections/trust/pending.ts";
import type { Sql } from "#projections/ports/sql.ts";

/** The publisher's view of targets, from the `tuf` read model. `reached` waits for that projection. */
export const pendingTargets = (sql: Sql, reached: (position: number) => Promise<{ readonly stale: boolean }>): PendingTargets => ({
  since: async (repository, covers, position) => {
    if ((await reached(position)).stale) throw new Unavailable("read models", { cause: new Error(`projection tuf has not reached position ${position}`) });
    return pendingBins(sql, repository, covers);
  },
  inBins: (repository, bins, revision) => targetsInBins(sql, "tuf.", { repository, bins, revision }),
});
