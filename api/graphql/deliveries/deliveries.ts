import { z } from "zod";
import { builder } from "#api/graphql/builder.ts";
import { connectionArgs, connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import { shown } from "#api/graphql/context.ts";
import { cursor, KeyNumber } from "#api/graphql/input/cursor.ts";
import { UuidOrNodeId } from "#api/graphql/node-id.ts";
import { deadLettersPage, type DeadLetterRow, deliveriesPage, type DeliveryRow } from "#projections/deliveries/queries.ts";

const DeliveryKind = builder.enumType("DeliveryKind", {
  values: { EVENT: { value: "event" }, RESEND: { value: "resend" }, TEST: { value: "test", description: "Under a `webhook-id` of its own." } },
});

const DeliveryOutcome = builder.enumType("DeliveryOutcome", {
  values: {
    DELIVERED: { value: "delivered", description: "It answered 2xx." },
    FAILED: { value: "failed" },
    DEAD: { value: "dead", description: "It failed for too long: the event was put aside." },
  },
});

const Delivery = builder.objectRef<DeliveryRow>("Delivery").implement({
  description: "One attempt to deliver an event. The newest 10,000 of a webhook are kept, for 30 days at most.",
  fields: (t) => ({
    deliveryId: t.id({ resolve: ({ id }) => String(id) }),
    eventPosition: t.expose("position", { type: "Position" }),
    eventId: t.exposeID("eventId", { description: "Also the `webhook-id`." }),
    eventType: t.exposeString("eventType"),
    kind: t.expose("kind", { type: DeliveryKind }),
    requestId: t.exposeID("request", { nullable: true, description: "Of `resendDelivery` and `testWebhook`." }),
    attempt: t.exposeInt("attempt", { description: "1, 2, 3 … of this event." }),
    at: t.expose("at", { type: "DateTime" }),
    milliseconds: t.exposeFloat("ms"),
    status: t.exposeInt("status", { nullable: true, description: "Of HTTP; null where there was no answer." }),
    outcome: t.expose("outcome", { type: DeliveryOutcome }),
    error: t.exposeString("error", { nullable: true }),
    response: t.exposeString("response", { nullable: true, description: "The first 4 KB of the answer's body." }),
    nextAt: t.expose("nextAt", { type: "DateTime", nullable: true, description: "When it is tried again." }),
  }),
});

const DeliveryConnection = connectionType(Delivery, "Delivery");
const newest = cursor("deliveries", z.tuple([KeyNumber]));

builder.queryField("deliveries", (t) =>
  t.field({
    type: DeliveryConnection,
    description: "What was sent to a webhook and what became of it, newest first.",
    extensions: { scope: "admin" },
    args: {
      webhook: t.arg.id({ required: true, description: "The bare uuid or the global id." }),
      outcome: t.arg({ type: DeliveryOutcome }),
      requestId: t.arg.id({ description: "What became of a resend or a test." }),
      ...connectionArgs(t),
    },
    validate: PageArgs.extend({ webhook: UuidOrNodeId("Webhook"), requestId: z.uuid().nullish() }),
    resolve: async (_root, { webhook, outcome = null, requestId = null, ...args }, context) => {
      const stretch = stretchOf(args, newest);
      const view = await shown(context, "webhooks", args.afterPosition);
      const found = await deliveriesPage(context.application.sql, webhook, { outcome, request: requestId }, stretch);
      return connectionOf(found, stretch, { ...newest, view, keyOf: ({ id }) => [id], node: (row) => row });
    },
  }),
);

const DeadLetter = builder.objectRef<DeadLetterRow>("DeadLetter").implement({
  description: "An event that a webhook did not take in time, and has not taken since. `resendDelivery` sends it again.",
  fields: (t) => ({
    eventPosition: t.expose("position", { type: "Position" }),
    eventId: t.exposeID("eventId"),
    eventType: t.exposeString("eventType"),
    attempts: t.exposeInt("attempts"),
    reason: t.exposeString("reason"),
    at: t.expose("at", { type: "DateTime" }),
    resending: t.exposeBoolean("resending", { description: "Somebody asked for it to be sent again, which has not been tried yet." }),
  }),
});

const DeadLetterConnection = connectionType(DeadLetter, "DeadLetter");
const byPosition = cursor("deadLetters", z.tuple([KeyNumber]));

builder.queryField("deadLetters", (t) =>
  t.field({
    type: DeadLetterConnection,
    description: "What still needs somebody, in the order of the log. It ends with a resend that is taken, or a replay from before it; `deliveries` goes on showing all attempts.",
    extensions: { scope: "admin" },
    args: { webhook: t.arg.id({ required: true, description: "The bare uuid or the global id." }), ...connectionArgs(t) },
    validate: PageArgs.extend({ webhook: UuidOrNodeId("Webhook") }),
    resolve: async (_root, { webhook, ...args }, context) => {
      const stretch = stretchOf(args, byPosition);
      const view = await shown(context, "webhooks", args.afterPosition);
      const found = await deadLettersPage(context.application.sql, webhook, stretch);
      return connectionOf(found, stretch, { ...byPosition, view, keyOf: ({ position }) => [position], node: (row) => row });
    },
  }),
);
