import { leafHash } from "#domain/audit/leaf.ts";
import type { Hash } from "#domain/audit/merkle.ts";
import { sizeOfEdge, type Tile, tilesWith } from "#domain/audit/tiles.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { copyRow } from "#projections/kernel/copy.ts";
import { type Projection, sqlBeside } from "#projections/kernel/projection.ts";
import type { Sql, WritableSql } from "#projections/ports/sql.ts";

export interface Leaf extends Pick<StoredEvent, "position" | "id"> {
  readonly hash: Hash;
}

/** The Merkle tree over every event, in the order of the log. It takes each one in, so it goes by COPY and by whole tiles (bench/ledger.ts). */
export const ledger: Projection<Leaf> = {
  name: "ledger",
  generation: 1,
  tables: sqlBeside(import.meta.url, "ledger.sql"),
  decode: (stored) => ({ position: stored.position, id: stored.id, hash: leafHash(stored) }),
  apply: async (batch, sql) => {
    const edge = await edgeOf(sql);
    const size = sizeOfEdge(edge);
    await sql.copy("leaves (index, position, id)", batch.map(({ position, id }, at) => copyRow([size + at, position, id])).join(""));
    await putTiles(sql, tilesWith(edge, batch.map(({ hash }) => hash)));
  },
};

/** The last tile of each level. */
const edgeOf = (sql: Sql): Promise<readonly Tile[]> =>
  sql.query<Tile>({
    name: "ledger.edge",
    text: `select last.* from generate_series(0, 6) as levels (level)
             cross join lateral (select level, index, hashes from tiles where tiles.level = levels.level order by index desc limit 1) last`,
  });

const putTiles = (sql: WritableSql, tiles: readonly Tile[]) =>
  sql.query({
    name: "ledger.tiles",
    text: `insert into tiles select level, index, decode(hashes, 'hex') from unnest($1::smallint[], $2::bigint[], $3::text[]) as tile (level, index, hashes)
           on conflict (level, index) do update set hashes = excluded.hashes`,
    values: [tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ hashes }) => hashes.toString("hex"))],
  });
