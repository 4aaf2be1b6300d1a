import { nextName } from "#projections/kernel/tables.ts";
import type { Sql } from "#projections/ports/sql.ts";

/** Tables of a read model that are there: those that readers see, or those of a rebuild under way. */
export interface Generation {
  readonly schema: string;
  readonly generation: number;
  /** Everything up to here is in them. */
  readonly position: number;
  /** Another number where the schema of this name is another one. */
  readonly identity: number;
}

/** The tables that are asked for; null where there are none of that generation. */
export const generationsOf = async (sql: Sql, name: string, wanted: "live" | number | null): Promise<Generation | null> => {
  if (wanted === null) return null;
  const rows = await sql.query<Generation>({
    name: "replay_generations",
    text: `select name as schema, generation, position, to_regnamespace(name)::oid::bigint as identity from waybill.projections
            where (name = $1 or name = $2) and generation > 0 and state <> 'asked' and to_regnamespace(name) is not null order by name`,
    values: [name, nextName(name)],
  });
  return rows.find(({ schema, generation }) => (wanted === "live" ? schema === name : generation === wanted)) ?? null;
};
