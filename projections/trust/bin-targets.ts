import type { JsonObject } from "#domain/kernel/json.ts";
import type { Target } from "#domain/trust/target.ts";
import type { Sql } from "#projections/ports/sql.ts";

interface BinRow {
  readonly bin: number;
  readonly path: string;
  readonly length: number;
  readonly sha256: string;
  readonly custom: JsonObject | null;
}

/**
 * What a publication that covers `revision` of the targets stream lists in these bins, by bin, for the publisher and for the
 * projection alike. `schema` is `tuf.` for queries and empty within the projection itself.
 */
export const targetsInBins = async (
  sql: Sql,
  schema: "" | "tuf.",
  repository: string,
  bins: readonly number[],
  revision: number,
): Promise<Map<number, Target[]>> => {
  const rows = await sql.query<BinRow>({
    name: `tuf_bins_${schema}`,
    text: `select bin, path, length, sha256, custom from ${schema}targets
      where repository = $1 and bin = any($2::int[]) and from_revision <= $3 and (to_revision is null or to_revision > $3)`,
    values: [repository, bins, revision],
  });
  const targets = new Map<number, Target[]>(bins.map((bin) => [bin, []]));
  for (const { bin, path, length, sha256, custom } of rows)
    targets.get(bin)?.push({ path, length, hashes: { sha256 }, ...(custom === null ? {} : { custom }) });
  return targets;
};
