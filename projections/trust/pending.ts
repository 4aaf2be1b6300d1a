import type { Sql } from "#projections/ports/sql.ts";

/** Last revision of the targets stream that is in, and the bins that differ between `covers` and it; one statement, one state. */
export const pendingBins = async (sql: Sql, repository: string, covers: number): Promise<{ revision: number; bins: number[] }> => {
  const [row] = await sql.query<{ revision: number; bins: number[] }>({
    name: "tuf_pending",
    text: `select targets_revision as revision, array(
        select bin from tuf.targets where repository = $1 and from_revision > $2
        union
        select bin from tuf.targets where repository = $1 and to_revision > $2
      ) as bins
      from tuf.repositories where name = $1`,
    values: [repository, covers],
  });
  return row ?? { revision: -1, bins: [] };
};
