import type { ObjectRef } from "@pothos/core";
import { z } from "zod";
import type { Shown } from "#api/application.ts";
import type { Key, Stretch } from "#projections/kernel/keyset.ts";
import { builder } from "./builder.ts";
import { positionText, staleText } from "./descriptions.ts";
import type { Cursor } from "./input/cursor.ts";

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer Of> ? Of : never;

/** Most rows of one page, and how many where nobody says. */
export const pageSize = { most: 1000, usual: 50 } as const;

const Size = z.int().min(0, "must not be negative").max(pageSize.most, `must be at most ${pageSize.most}`).nullish();

/** Checks the arguments that every connection has; others go through. */
export const PageArgs = z.looseObject({ first: Size, last: Size }).check(({ value: { first, last }, issues }) => {
  if (typeof first === "number" && typeof last === "number")
    issues.push({ code: "custom", path: ["last"], message: "must not be given together with first", input: last });
});

/** Relay cursor connections §4, and the position of a receipt that the page shows at least. */
export const connectionArgs = (t: PothosSchemaTypes.QueryFieldBuilder<Types, object>) => ({
  ...t.arg.connectionArgs(),
  afterPosition: t.arg({ type: "Position" }),
});

/** The types of a connection and its edges. */
export const connectionType = <Node>(type: ObjectRef<Types, Node>, name: string) =>
  builder.connectionObject(
    {
      type,
      name: `${name}Connection`,
      fields: (t) => ({
        position: t.field({ type: "Position", description: positionText, resolve: ({ position }) => position }),
        stale: t.boolean({ description: staleText, resolve: ({ stale }) => stale }),
      }),
    },
    { name: `${name}Edge` },
  );

interface Asked {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
}

export const stretchOf = ({ first, last, after, before }: Asked, { decode }: Cursor): Stretch => ({
  after: typeof after === "string" ? decode(after, "after") : null,
  before: typeof before === "string" ? decode(before, "before") : null,
  limit: last ?? first ?? pageSize.usual,
  backward: typeof last === "number",
});

interface Found<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

interface Edges<Row, Node> extends Cursor {
  readonly view: Shown;
  readonly keyOf: (row: Row) => Key;
  readonly node: (row: Row) => Node;
}

/** One page as Relay wants it. What lies behind the reader is told without a look: there is something where a cursor came from. */
export const connectionOf = <Row, Node>(
  { rows, more }: Found<Row>,
  { after, before, backward }: Stretch,
  { encode, keyOf, node, view }: Edges<Row, Node>,
) => {
  // Many pages are read whose cursors, but for the last, nobody wants.
  const edges = rows.map((row) => ({ node: node(row), get cursor() { return encode(keyOf(row)); } }));
  return {
    ...view,
    edges,
    pageInfo: {
      hasNextPage: backward ? before !== null : more,
      hasPreviousPage: backward ? more : after !== null,
      get startCursor() { return edges[0]?.cursor ?? null; },
      get endCursor() { return edges.at(-1)?.cursor ?? null; },
    },
  };
};
