import { z } from "zod";
import type { Shown } from "#api/application.ts";
import { batched } from "#api/graphql/batched.ts";
import { builder } from "#api/graphql/builder.ts";
import { type Context, shown } from "#api/graphql/context.ts";
import { Refused } from "#api/graphql/refused.ts";
import { refuse } from "#domain/kernel/decider.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { type At, type Change, changesAt, type Moment, positionAt } from "#projections/graph/at.ts";
import { type AttributeRow, attributesOf, type ClaimRow, claimsOf, type NamedRow, nodesByNumbers, sincesOf } from "#projections/graph/queries.ts";

/** The graph at one moment, as all answers of one `graph` field show it. */
export interface GraphView extends Shown {
  readonly at: At;
  /** What every answer must have seen. */
  readonly atLeast: number;
  readonly nodeOf: (number: number) => Promise<NamedRow>;
  /** At once where it is at hand: many are asked for, and a promise for each takes longer than the look. */
  readonly keyOf: (number: number) => string | Promise<string>;
  /** Since when a node has existed. */
  readonly sinceOf: (node: number) => Promise<number>;
  readonly attributesOf: (node: number) => Promise<readonly AttributeRow[]>;
  readonly claimsOf: (node: number) => Promise<readonly ClaimRow[]>;
  readonly changeOf: (position: number) => Promise<Change>;
}

export const AsOf = builder.inputType("AsOf", {
  description: "A moment of the past: a position of the log, a time, or an event, its effect included. Exactly one of them.",
  fields: (t) => ({
    position: t.field({ type: "Position" }),
    time: t.field({ type: "DateTime" }),
    event: t.id({ description: "The bare uuid." }),
  }),
});

interface AsOfGiven {
  readonly position?: number | null | undefined;
  readonly time?: string | null | undefined;
  readonly event?: string | null | undefined;
}

/** The client's clock may be ahead of ours. */
const clocksApartMs = 60_000;

const momentOf = ({ position, time, event }: AsOfGiven, argument: string): Moment => {
  const moments: Moment[] = [
    ...(typeof position === "number" ? [{ position }] : []),
    ...(typeof time === "string" ? [{ time }] : []),
    ...(typeof event === "string" ? [{ event }] : []),
  ];
  const [moment] = moments;
  if (!moment || moments.length > 1) throw new InvalidInput([{ path: [argument], message: "must have exactly one of position, time and event" }]);
  if ("event" in moment && !z.uuid().safeParse(moment.event).success)
    throw new InvalidInput([{ path: [argument, "event"], message: "must be the uuid of an event" }]);
  if ("time" in moment && Date.parse(moment.time) > Date.now() + clocksApartMs) throw new InvalidInput([{ path: [argument, "time"], message: "is in the future" }]);
  return moment;
};

/** The position that a moment means; refuses one that the log has not come to. */
export const positionOf = async ({ application }: Context, given: AsOfGiven, argument: string): Promise<number> => {
  const position = await positionAt(application.sql, momentOf(given, argument));
  if (position === null) throw new InvalidInput([{ path: [argument, "event"], message: "no event of this id is known here" }]);
  if (typeof given.position !== "number" || position <= application.progress.position("graph")) return position;
  const head = await application.log.head();
  if (position > head) throw new Refused(refuse("POSITION_AHEAD", `the log ends at position ${head}`, { position, head }));
  return position;
};

interface Asked {
  readonly asOf?: AsOfGiven | null | undefined;
  readonly after?: number | null | undefined;
}

/** Waits for what the graph is asked to show. */
export const viewOf = async (context: Context, { asOf, after }: Asked): Promise<GraphView> => {
  const at = asOf ? await positionOf(context, asOf, "asOf") : null;
  const atLeast = Math.max(after ?? context.after ?? 0, at ?? 0);
  const view = await shown(context, "graph", atLeast === 0 ? null : atLeast);
  return { ...detailsOf(context, at), ...view, at, atLeast: view.stale ? 0 : atLeast };
};

const grouped = <Row extends { readonly node: number }>(rows: readonly Row[]) => {
  const groups = Map.groupBy(rows, ({ node }) => node);
  return (node: number): readonly Row[] => groups.get(node) ?? [];
};

const detailsOf = ({ application: { sql, names } }: Context, at: At) => {
  const nodeOf = batched(async (numbers: readonly number[]) => {
    const rows = new Map((await nodesByNumbers(sql, numbers, at)).map((row) => [row.number, row]));
    return (number: number) => rows.get(number) ?? unknownNode(number);
  });
  return {
    nodeOf,
    keyOf: (number: number) => names.keyAtHand(number) ?? nodeOf(number).then(({ key }) => key),
    sinceOf: batched(async (numbers: readonly number[]) => {
      const sinces = await sincesOf(sql, numbers, at);
      return (number: number) => sinces.get(number) ?? unknownNode(number);
    }),
    attributesOf: batched(async (nodes: readonly number[]) => grouped(await attributesOf(sql, nodes, at))),
    claimsOf: batched(async (nodes: readonly number[]) => grouped(await claimsOf(sql, nodes, at))),
    changeOf: batched(async (positions: readonly number[]) => {
      const changes = await changesAt(sql, positions);
      return (position: number) => {
        const change = changes.get(position);
        if (!change) throw new Error(`the graph does not know what happened at position ${position}`);
        return change;
      };
    }),
  };
};

const unknownNode = (number: number): never => {
  throw new Error(`node ${number} of a link is not there`);
};
