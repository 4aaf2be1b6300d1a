import type { Sql } from "#projections/ports/sql.ts";

/** A moment: a position of the log, a time, an event. */
export type Moment = { readonly position: number } | { readonly time: string } | { readonly event: string };

/** The graph as of a position; null: as it is now. */
export type At = number | null;

/** Later than everything: what holds now holds then. */
export const endOfTime = Number.MAX_SAFE_INTEGER;

/** Condition for a row to hold at the position that `place` is bound to; a row without an end holds now. */
export const holds = (alias: string, place: string, at: At): string =>
  at === null
    ? `${alias}.to_position is null`
    : `${alias}.from_position <= ${place} and (${alias}.to_position is null or ${alias}.to_position > ${place})`;

/**
 * The position that a moment means. A time: what the last event of the graph until then left behind. Null where no event of that
 * id is known.
 */
export const positionAt = async (sql: Sql, moment: Moment): Promise<number | null> => {
  if ("position" in moment) return moment.position;
  if ("time" in moment) {
    const [row] = await sql.query<{ position: number | null }>({
      name: "graph.position_at",
      text: "select max(position) as position from graph.changes where at <= $1",
      values: [moment.time],
    });
    return row?.position ?? 0;
  }
  const [row] = await sql.query<{ position: number }>({
    name: "graph.position_of",
    text: "select position from graph.changes where id = $1",
    values: [moment.event],
  });
  if (row) return row.position;
  const [other] = await sql.query<{ position: number }>({
    name: "graph.position_of_other",
    // The ledger knows the position of every event by its id, with an index.
    text: "select position from ledger.leaves where id = $1 limit 1",
    values: [moment.event],
  });
  return other?.position ?? null;
};

/** An event that changed the graph. */
export interface Change {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: string;
}

export const changesAt = async (sql: Sql, positions: Iterable<number>): Promise<ReadonlyMap<number, Change>> => {
  const rows = await sql.query<Change>({
    name: "graph.changes_at",
    text: "select position, id, type, stream, actor, reason, at from graph.changes where position = any($1::bigint[])",
    values: [[...new Set(positions)]],
  });
  return new Map(rows.map((row) => [row.position, row]));
};
