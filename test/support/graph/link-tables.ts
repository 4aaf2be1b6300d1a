import { graph } from "#projections/graph/graph.ts";
import { copyRow } from "#projections/kernel/copy.ts";
import { makeCheckpoints } from "#projections/kernel/checkpoint.ts";
import type { Database } from "#projections/ports/sql.ts";
import { type LinkRow, mostNodes } from "./link-histories.ts";

/** The graph's tables, empty, as the one owner of the projection makes them. */
export const makeLinkTables = async (database: Database): Promise<void> => {
  await makeCheckpoints(database);
  await database.query({ text: "drop schema if exists graph cascade" });
  await database.query({ text: "create schema graph" });
  await database.transaction(async (sql) => {
    await sql.query({ text: graph.tables });
    await sql.query({ text: graph.indexes ?? "" });
    const nodes = Array.from({ length: mostNodes }, (_, number) => copyRow([number, `key/${number}`, "key", 1, ""]));
    await sql.copy("nodes (number, key, kind, held, words)", nodes);
    await sql.query({ text: "delete from waybill.projections where name = 'graph'" });
    await sql.query({ text: "insert into waybill.projections (name, generation, position) values ('graph', $1, 0)", values: [graph.generation] });
  }, "graph");
};

/** What has changed up to a position, and that position, in one transaction. */
export const writeLinks = (database: Database, changes: readonly LinkRow[], position: number): Promise<void> =>
  database.transaction(async (sql) => {
    for (const { from, to, type, source, begin, end } of changes) {
      const values = [from, to, type, source, begin, Number.isFinite(end) ? end : null];
      const ended = await sql.query({
        text: `update links set to_position = $6 where from_node = $1 and to_node = $2 and type = $3 and source = $4 and from_position = $5 returning 1`,
        values,
      });
      if (ended.length === 0)
        await sql.query({
          text: `insert into links (from_node, to_node, type, source, attributes, since_position, from_position, to_position) values ($1, $2, $3, $4, '{}', $5, $5, $6)`,
          values,
        });
    }
    await sql.query({
      text: "insert into changes (position, id, type, stream, actor, at) values ($1, gen_random_uuid(), 'graph.LinksRecorded.v1', 'graph.source-ci', 'ci', now()) on conflict do nothing",
      values: [position],
    });
    await sql.query({ text: "update waybill.projections set position = $1 where name = 'graph'", values: [position] });
  }, "graph");
