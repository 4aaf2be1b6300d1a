import { z } from "zod";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { builder } from "#api/graphql/builder.ts";
import { type Context, shown } from "#api/graphql/context.ts";
import { causesOf, type Effect, effectsOf } from "#projections/audit/causation.ts";
import { eventById } from "#projections/audit/queries.ts";
import { Event } from "./event.ts";

const EffectType = builder.objectRef<Effect>("Effect").implement({
  description: "An event in the tree of what came of another.",
  fields: (t) => ({
    event: t.field({ type: Event, resolve: ({ event }) => event }),
    depth: t.exposeInt("depth", { description: "Steps from the event that was asked for, which has 0." }),
  }),
});

const Effects = builder.objectRef<{ readonly effects: readonly Effect[]; readonly truncated: boolean }>("Effects").implement({
  fields: (t) => ({
    events: t.field({
      type: [EffectType],
      extensions: { cost: 50 },
      description: "A tree, read from the top: each event behind the one that led to it, its own effects before its next sibling.",
      resolve: ({ effects }) => [...effects],
    }),
    truncated: t.exposeBoolean("truncated", { description: "There are more than `limit`; those furthest away are left out." }),
  }),
});

interface Asked {
  readonly event?: string | null | undefined;
  readonly position?: number | null | undefined;
  readonly after?: number | null | undefined;
}

const Given = z.looseObject({ event: z.uuid("must be the id of an event").nullish() });

/** Null where there is no such event. */
const positionOf = async (context: Context, { event, position, after }: Asked): Promise<number | null> => {
  await shown(context, "explorer", after);
  if (typeof event === "string" && typeof position !== "number") return (await eventById(context.application.sql, event.toLowerCase()))?.position ?? null;
  if (typeof position === "number" && typeof event !== "string") return position;
  throw new InvalidInput([{ path: ["event"], message: "must be given, or the position instead" }]);
};

builder.queryFields((t) => ({
  causes: t.field({
    type: [Event],
    description: "What led to an event, the first cause first and the event itself last; empty where there is no such event.",
    extensions: { cost: 50 },
    args: { event: t.arg.id(), position: t.arg({ type: "Position" }), after: t.arg({ type: "Position" }) },
    validate: Given,
    resolve: async (_root, args, context) => {
      const position = await positionOf(context, args);
      return position === null ? [] : [...(await causesOf(context.application.sql, position))];
    },
  }),
  effects: t.field({
    type: Effects,
    description: "What came of an event, directly and by way of others.",
    args: { event: t.arg.id(), position: t.arg({ type: "Position" }), after: t.arg({ type: "Position" }), limit: t.arg.int({ description: "Events at most, 1 to 1,000; 200 where absent." }) },
    validate: Given.extend({ limit: z.int().min(1, "must be at least 1").max(1000, "must be at most 1000").nullish() }),
    resolve: async (_root, { limit, ...args }, context) => {
      const position = await positionOf(context, args);
      return position === null ? { effects: [], truncated: false } : effectsOf(context.application.sql, position, limit ?? 200);
    },
  }),
}));
