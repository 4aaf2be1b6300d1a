import type { KnownVersions } from "#commands/ports/known-versions.ts";
import { packageOf } from "#domain/graph/keys.ts";
import { linkTypes } from "#domain/graph/kinds.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import type { Sql } from "#projections/ports/sql.ts";

interface Seen {
  readonly sql: Sql;
  /** Waits until the graph has come to the log's present end; whether it did. */
  readonly caughtUp: () => Promise<boolean>;
}

/** Which versions the graph has, and what it says that they are affected by. */
export const knownVersions = ({ sql, caughtUp }: Seen): KnownVersions => {
  const inTime = async () => {
    if (!(await caughtUp())) throw new Unavailable("read models");
  };
  return {
    of: async (packages) => {
      await inTime();
      // Whatever may stand behind the name is above @ and below A.
      const rows = await sql.query<{ key: string }>({
        name: "graph.versions_of",
        text: `select n.key from unnest($1::text[]) as wanted (name) join graph.nodes n
          on n.key >= (wanted.name || '@') collate "C" and n.key < (wanted.name || 'A') collate "C" where n.held > 0 order by n.key`,
        values: [packages],
      });
      return Map.groupBy(rows.map(({ key }) => key), (key) => packageOf(key) ?? "");
    },
    affectedBy: async (vulnerability, source) => {
      await inTime();
      const rows = await sql.query<{ key: string }>({
        name: "graph.affected_by",
        text: `select t.key from graph.nodes f join graph.links l on l.from_node = f.number and l.type = $3 and l.source = $2 and l.to_position is null
          join graph.nodes t on t.number = l.to_node where f.key = $1`,
        values: [vulnerability, source, linkTypes.indexOf("affects")],
      });
      return rows.map(({ key }) => key);
    },
  };
};
