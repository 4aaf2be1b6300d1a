import { setImmediate as nextTurn } from "node:timers/promises";
import { leafHash } from "#domain/audit/leaf.ts";
import type { Hash } from "#domain/audit/merkle.ts";
import { sizeOfEdge, type Tile, tilesWith } from "#domain/audit/tiles.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { copyRow } from "#projections/kernel/copy.ts";
import { type Projection, sqlBeside } from "#projections/kernel/projection.ts";
import type { Sql, WritableSql } from "#projections/ports/sql.ts";

/**
 * The Merkle tree over every event, in the order of the log. It takes each one in, so it goes by COPY and by whole tiles, and hashes
 * while the server is busy with the rows (bench/ledger.ts).
 */
export const ledger: Projection<StoredEvent> = {
  name: "ledger",
  generation: 1,
  tables: sqlBeside(import.meta.url, "ledger.sql"),
  indexes: sqlBeside(import.meta.url, "ledger-indexes.sql"),
  decode: (stored) => stored,
  apply: async (batch, sql) => {
    const edge = await edgeOf(sql);
    const size = sizeOfEdge(edge);
    const rows = batch.map(({ position, id }, at) => copyRow([size + at, position, id]));
    const [hashes] = await Promise.all([hashesOf(batch), sql.copy("leaves (index, position, id)", rows)]);
    await putTiles(sql, tilesWith(edge, hashes));
  },
};

/** Leaves that are hashed before others get their turn: the server, too, hears of what it waits for only between them. */
const slice = 256;

const hashesOf = async (batch: readonly StoredEvent[]): Promise<readonly Hash[]> => {
  const hashes: Hash[] = [];
  for (let at = 0; at < batch.length; at += slice) {
    await nextTurn();
    for (const event of batch.slice(at, at + slice)) hashes.push(leafHash(event));
  }
  return hashes;
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
