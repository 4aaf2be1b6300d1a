import type { TargetEntries } from "#domain/trust/metadata.ts";
import type { Sql } from "#projections/ports/sql.ts";

/**
 * What a publication that covers `revision` of the targets stream lists in these bins, by bin, for the publisher and for the
 * projection alike. `schema` is `tuf.` for queries and empty within the projection itself. The order of paths is that of their
 * UTF-8 bytes (collation "C"), which is the canonical one.
 */
export const targetsInBins = async (
  sql: Sql,
  schema: "" | "tuf.",
  { repository, bins, revision }: { readonly repository: string; readonly bins: readonly number[]; readonly revision: number },
): Promise<ReadonlyMap<number, TargetEntries>> => {
  const rows = await sql.query<{ bin: number; entries: string }>({
    name: `${schema}bins`,
    text: `select bin, string_agg(entry, ',' order by path) as entries from ${schema}targets
      where repository = $1 and bin = any($2::int[]) and from_revision <= $3 and (to_revision is null or to_revision > $3)
      group by bin`,
    values: [repository, bins, revision],
  });
  return new Map(rows.map(({ bin, entries }) => [bin, entries]));
};
