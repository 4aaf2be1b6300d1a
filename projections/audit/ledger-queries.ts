import { foldHashes, type Hash, hashBytes } from "#domain/audit/merkle.ts";
import { hashesOf, type Head, type Plan, rootPlan } from "#domain/audit/proofs.ts";
import type { Subtree } from "#domain/audit/subtrees.ts";
import { hashInTile, sizeOfEdge, type Tile, tileOf, type TilePlace, tileWidth } from "#domain/audit/tiles.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Sql } from "#projections/ports/sql.ts";

/** Which event a leaf is. */
export interface LeafRow extends Pick<StoredEvent, "position" | "id"> {
  readonly index: number;
}

/** Leaves in the tree now. */
export const ledgerSize = async (sql: Sql): Promise<number> =>
  sizeOfEdge(await sql.query<Tile>({ name: "ledger.size", text: "select level, index, hashes from ledger.tiles where level = 0 order by index desc limit 1" }));

const leaf = "select index, position, id from ledger.leaves";

export const leafByPosition = async (sql: Sql, position: number): Promise<LeafRow | null> => {
  const [row] = await sql.query<LeafRow>({ name: "ledger.leaf_at", text: `${leaf} where position = $1 order by index limit 1`, values: [position] });
  return row ?? null;
};

/** Of the event with this id: its first leaf. */
export const leafByEvent = async (sql: Sql, id: string): Promise<LeafRow | null> => {
  const [row] = await sql.query<LeafRow>({ name: "ledger.leaf_of", text: `${leaf} where id = $1 order by index limit 1`, values: [id] });
  return row ?? null;
};

/** The leaves of one tile, in order; fewer than 256 at the end. */
export const leavesOfTile = (sql: Sql, tile: number): Promise<readonly LeafRow[]> =>
  sql.query<LeafRow>({
    name: "ledger.leaves",
    text: `${leaf} where index >= $1 and index < $2 order by index`,
    values: [tile * tileWidth, (tile + 1) * tileWidth],
  });

const leavesAtOnce = 5000;

/** The next leaves from an index on, each as a line of JSON, `[index, position, "id"]`; null where there are no more. */
export const linesOfLeaves = async (sql: Sql, from: number): Promise<{ readonly lines: string; readonly last: number } | null> => {
  const [row] = await sql.query<{ lines: string; last: number | null }>({
    name: "ledger.leaf_lines",
    text: `select string_agg('[' || index || ',' || position || ',"' || id || E'"]\n', '' order by index) as lines, max(index) as last
             from (${leaf} where index >= $1 order by index limit ${leavesAtOnce}) as page`,
    values: [from],
  });
  return row && row.last !== null ? { lines: row.lines, last: row.last } : null;
};

/** What the tables hold. */
export interface LedgerExtent {
  /** Leaves by the tiles. */
  readonly size: number;
  /** One more than the index of the last row of `leaves`. */
  readonly leaves: number;
  /** For each level the number of its tiles. */
  readonly tiles: readonly (readonly [level: number, tiles: number])[];
}

export const ledgerExtent = async (sql: Sql): Promise<LedgerExtent> => {
  const [row] = await sql.query<LedgerExtent>({
    name: "ledger.extent",
    text: `select coalesce((select index * ${tileWidth} + octet_length(hashes) / ${hashBytes} from ledger.tiles where level = 0 order by index desc limit 1), 0) as size,
                  coalesce((select max(index) + 1 from ledger.leaves), 0) as leaves,
                  coalesce((select json_agg(json_build_array(level, tiles) order by level) from (select level, count(*) as tiles from ledger.tiles group by level) as levels), '[]') as tiles`,
  });
  return row ?? { size: 0, leaves: 0, tiles: [] };
};

/** The hashes of the leaves of these tiles, one behind the other, up to the first that is not there or not full. */
export const hashesOfTiles = async (sql: Sql, first: number, tiles: number): Promise<Buffer> => {
  const rows = await sql.query<Pick<Tile, "index" | "hashes">>({
    name: "ledger.hashes",
    text: "select index, hashes from ledger.tiles where level = 0 and index >= $1 and index < $2 order by index",
    values: [first, first + tiles],
  });
  const gap = rows.findIndex(({ index, hashes }, at) => index !== first + at || hashes.length !== tileWidth * hashBytes);
  const last = gap === -1 ? null : rows[gap];
  const partial = last?.index === first + gap ? [last.hashes.subarray(0, tileWidth * hashBytes)] : [];
  return Buffer.concat([...rows.slice(0, gap === -1 ? rows.length : gap).map(({ hashes }) => hashes), ...partial]);
};

export const tileHashes = async (sql: Sql, { level, index }: TilePlace): Promise<Buffer | null> => {
  const [row] = await sql.query<Pick<Tile, "hashes">>({ name: "ledger.tile", text: "select hashes from ledger.tiles where level = $1 and index = $2", values: [level, index] });
  return row?.hashes ?? null;
};

/** The hashes of a plan, by one look at the tiles; null where the tree does not reach that far. */
export const plannedHashes = async (sql: Sql, plan: Plan): Promise<readonly Hash[] | null> => {
  const places = new Map(plan.flat().map((subtree): [string, TilePlace] => [keyOf(tileOf(subtree)), tileOf(subtree)]));
  const tiles = await sql.query<Tile>({
    name: "ledger.planned",
    text: `select level, index, hashes from ledger.tiles join unnest($1::smallint[], $2::bigint[]) as wanted (level, index) using (level, index)`,
    values: [[...places.values()].map(({ level }) => level), [...places.values()].map(({ index }) => index)],
  });
  const found = new Map(tiles.map((tile) => [keyOf(tile), tile.hashes]));
  const known = new Map<Subtree, Hash>();
  for (const subtree of plan.flat()) {
    const hash = hashInTile(subtree, found.get(keyOf(tileOf(subtree))) ?? nothing);
    if (!hash) return null;
    known.set(subtree, hash);
  }
  return hashesOf(plan, (subtree) => known.get(subtree) ?? nothing);
};

const nothing = Buffer.alloc(0);
const keyOf = ({ level, index }: TilePlace): string => `${level}/${index}`;

/** The head of the tree as it was at this size; null where it is not that large. */
export const headAt = async (sql: Sql, size: number): Promise<Head | null> => {
  const hashes = await plannedHashes(sql, rootPlan(size).map((subtree) => [subtree]));
  return hashes && { size, root: foldHashes(hashes) };
};

export interface SignedCheckpoint {
  readonly size: number;
  /** The signed note. */
  readonly note: string;
  readonly at: string;
}

/** The newest that was signed; null before the first. */
export const newestCheckpoint = async (sql: Sql): Promise<SignedCheckpoint | null> => {
  const [row] = await sql.query<SignedCheckpoint>({
    name: "ledger.checkpoint",
    text: "select size, note, at from waybill.ledger_checkpoints order by size desc limit 1",
  });
  return row ?? null;
};

/** Those that are kept, the newest first: all of the last hour, and one for each hour before. */
export const keptCheckpoints = (sql: Sql, limit: number): Promise<readonly SignedCheckpoint[]> =>
  sql.query<SignedCheckpoint>({
    name: "ledger.checkpoints",
    text: "select size, note, at from waybill.ledger_checkpoints order by size desc limit $1",
    values: [limit],
  });

/** Shows a checkpoint that was signed. The thinning keeps the last one of each hour. */
export const showCheckpoint = async (sql: Sql, { size, note }: Pick<SignedCheckpoint, "size" | "note">): Promise<void> => {
  await sql.query({
    name: "ledger.show",
    text: `with thinned as (
             delete from waybill.ledger_checkpoints old where at < now() - interval '1 hour'
               and exists (select from waybill.ledger_checkpoints later where later.size > old.size and date_trunc('hour', later.at) = date_trunc('hour', old.at)))
           insert into waybill.ledger_checkpoints (size, note) values ($1, $2) on conflict do nothing`,
    values: [size, note],
  });
};
