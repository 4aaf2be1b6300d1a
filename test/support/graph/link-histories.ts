import * as fc from "fast-check";
import { linkTypes } from "#domain/graph/kinds.ts";
import { type Edges, roomFor } from "#projections/graph/adjacency/edges.ts";

/** What a source said of a link, as a row of graph.links has it; `end` is infinite while it says so still. */
export interface LinkRow {
  readonly from: number;
  readonly to: number;
  /** Place in `linkTypes`. */
  readonly type: number;
  readonly source: string;
  readonly begin: number;
  readonly end: number;
}

interface Toggle {
  readonly link: Pick<LinkRow, "from" | "to" | "type" | "source">;
  /** Positions since the one before. */
  readonly later: number;
}

/** Nodes of histories have numbers below. */
export const mostNodes = 40;

const link = (nodes: number) =>
  fc.record({
    from: fc.nat(nodes - 1),
    to: fc.nat(nodes - 1),
    type: fc.constantFrom(0, 1, linkTypes.length - 1),
    source: fc.constantFrom("ci", "syft"),
  });

/** Positions are counted in 32 bits as long as that is enough. */
const gaps = [[0, 0, 1, 1, 1000], [0, 0, 1, 1, 1000, 2 ** 33]] as const;

const toggles = (nodes: number): fc.Arbitrary<Toggle[]> =>
  fc.constantFrom(...gaps).chain((some) => fc.array(fc.record({ link: link(nodes), later: fc.constantFrom(...some) }), { minLength: 1, maxLength: 120, size: "max" }));

/** Links come and go, some of them several times, said by one source or by two. */
export const someHistories: fc.Arbitrary<LinkRow[]> = fc.constantFrom(3, 4, 12, mostNodes).chain(toggles).map((all) => {
  const rows: LinkRow[] = [];
  const open = new Map<string, number>();
  let position = 1;
  for (const { link, later } of all) {
    position += later;
    const key = JSON.stringify(link);
    const row = open.get(key);
    if (row === undefined) open.set(key, rows.push({ ...link, begin: position, end: Number.POSITIVE_INFINITY }) - 1);
    else {
      open.delete(key);
      rows[row] = { ...rows[row]!, end: position };
    }
  }
  return rows;
});

/** Every position at which something changes, and one before all. */
export const positionsOf = (rows: readonly LinkRow[]): readonly number[] =>
  [...new Set([0, ...rows.flatMap(({ begin, end }) => [begin, end])])].filter(Number.isFinite).toSorted((a, b) => a - b);

/** The rows as they stood when the log ended at `to`, those that had changed since `from`. */
export const changed = (rows: readonly LinkRow[], from: number, to: number): LinkRow[] =>
  rows
    .filter(({ begin }) => begin <= to)
    .map((row): LinkRow => (row.end > to ? Object.assign({}, row, { end: Number.POSITIVE_INFINITY }) : row))
    .filter(({ begin, end }) => begin > from || (end > from && end <= to));

export const edgesOf = (rows: readonly LinkRow[]): Edges => {
  const edges = roomFor(rows.length);
  for (const [index, row] of rows.entries()) for (const column of ["from", "to", "type", "begin", "end"] as const) edges[column][index] = row[column];
  return edges;
};
