import { z } from "zod";
import { mayActAs } from "#api/access/principal.ts";
import { isConfidential, withheld } from "#domain/deliveries/confidential.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { filterOf } from "#api/feeds/feed.ts";
import { positionBefore } from "#projections/audit/scan.ts";
import { filteredPage, textPage } from "./filtered.ts";
import { FilterText } from "#api/graphql/input/filter.ts";
import { builder } from "#api/graphql/builder.ts";
import { connectionArgs, connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import { shown } from "#api/graphql/context.ts";
import { cursor, KeyNumber } from "#api/graphql/input/cursor.ts";
import { Line } from "#api/graphql/input/text.ts";
import { eventByPosition, eventsPage } from "#projections/audit/queries.ts";

export const Event = builder.node(builder.objectRef<StoredEvent>("Event"), {
  description: "A fact in the log.",
  id: { resolve: ({ position }) => String(position) },
  loadOne: async (id, context) => {
    const position = z.coerce.number().pipe(KeyNumber).safeParse(id);
    return position.success ? eventByPosition(context.application.sql, position.data) : null;
  },
  fields: (t) => ({
    eventId: t.id({ description: "The bare uuid.", resolve: ({ id }) => id }),
    type: t.exposeString("type", { description: "With its version: `trust.TargetsAdded.v1`." }),
    stream: t.exposeString("stream"),
    revision: t.exposeInt("revision", { description: "Within the stream, from 0." }),
    position: t.expose("position", { type: "Position", description: "In the whole log, from 1." }),
    at: t.expose("at", { type: "DateTime" }),
    actor: t.exposeString("actor", { description: "`token:<id>`, `policy:<name>`, `worker:<name>`, `system`." }),
    reason: t.exposeString("reason", { nullable: true }),
    commandId: t.exposeID("commandId"),
    correlationId: t.exposeString("correlationId"),
    causationId: t.exposeID("causationId", { nullable: true, description: "Id of the event that led to this one." }),
    data: t.field({
      type: "JSON",
      description: "Of events about tokens and of URLs of webhooks, `{ \"withheld\": \"admin\" }` for those who may not see them.",
      extensions: { cost: 2 },
      resolve: ({ type, data }, _args, { principal }) => (isConfidential({ type }) && !mayActAs(principal, "admin") ? withheld : data),
    }),
  }),
});

/** A wire type, or the beginning of some with a `*` behind it. */
export const EventTypes = z
  .string()
  .max(200)
  .regex(/^[\w.]*\*?$/, "must be a type like trust.TargetsAdded.v1, or the beginning of some with a * behind it");

export const filterText = "Which events: `type=trust.*;stream=trust.targets-demo;kind=artifact;key=pkg:deb/`, all of these, and of each one of those with commas between them.";

const EventConnection = connectionType(Event, "Event");
const byPosition = cursor("events", z.tuple([KeyNumber]));

builder.queryField("events", (t) =>
  t.field({
    type: EventConnection,
    description: "In the order of the log: `last: 20` are the newest.",
    args: {
      stream: t.arg.string(),
      type: t.arg.string({ description: "A type, or the beginning of some with a * behind it: `trust.*`." }),
      correlationId: t.arg.string(),
      actor: t.arg.string({ description: "`token:<id>`, `system` …, whole." }),
      since: t.arg({ type: "DateTime", description: "Not earlier than this." }),
      until: t.arg({ type: "DateTime", description: "Earlier than this." }),
      text: t.arg.string({ description: "Anywhere in an event, in capitals or not. A page may have fewer events than were asked for, and more behind it." }),
      filter: t.arg.string({ description: `${filterText} Not together with the others. A page may have fewer events than were asked for, and more behind it.` }),
      ...connectionArgs(t),
    },
    validate: PageArgs.extend({
      stream: Line(300).nullish(),
      type: EventTypes.nullish(),
      correlationId: Line(200).nullish(),
      actor: Line(300).nullish(),
      text: Line(200).nullish(),
      filter: FilterText.nullish(),
    }).refine(({ filter, stream, type, correlationId, actor, since, until, text }) => !filter || (stream ?? type ?? correlationId ?? actor ?? since ?? until ?? text) == null, {
      path: ["filter"],
      message: "must not be given together with the others",
    }),
    resolve: async (_root, { stream = null, type = null, correlationId = null, actor = null, since, until, text, filter, ...args }, context) => {
      const stretch = stretchOf(args, byPosition);
      const view = await shown(context, "explorer", args.afterPosition);
      if (typeof filter === "string") return filteredPage(context.application.sql, filterOf(filter), { stretch, view, ...byPosition });
      const { sql } = context.application;
      const from = typeof since === "string" ? (await positionBefore(sql, since)) + 1 : null;
      const to = typeof until === "string" ? await positionBefore(sql, until) : null;
      const wanted = { stream, type, correlationId, actor, from, to };
      if (typeof text === "string") return textPage(sql, { filter: wanted, text, confidential: mayActAs(context.principal, "admin") }, { stretch, view, ...byPosition });
      const found = await eventsPage(sql, wanted, stretch);
      return connectionOf(found, stretch, { ...byPosition, view, keyOf: ({ position }) => [position], node: (row) => row });
    },
  }),
);
