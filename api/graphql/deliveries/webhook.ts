import { z } from "zod";
import type { Shown } from "#api/application.ts";
import { builder } from "#api/graphql/builder.ts";
import { connectionArgs, connectionOf, connectionType, PageArgs, stretchOf } from "#api/graphql/connection.ts";
import { type Context, shown } from "#api/graphql/context.ts";
import { positionText, staleText } from "#api/graphql/descriptions.ts";
import { cursor, KeyText, KeyTime } from "#api/graphql/input/cursor.ts";
import { UuidOrNodeId } from "#api/graphql/node-id.ts";
import { requireScope } from "#api/graphql/scope.ts";
import type { SecretCard } from "#domain/deliveries/events.ts";
import { filterText } from "#domain/deliveries/filter-text.ts";
import { progressOf, type ProgressRow, webhookById, type WebhookRow, webhooksPage } from "#projections/deliveries/queries.ts";

export type WebhookView = WebhookRow & Shown;

export const SecretAlgorithm = builder.enumType("SecretAlgorithm", {
  values: {
    HMAC_SHA256: { value: "hmac-sha256", description: "`v1`: the receiver knows the secret (`whsec_`)." },
    ED25519: { value: "ed25519", description: "`v1a`: the receiver knows the public key (`whpk_`) only." },
  },
});

export const SecretType = builder.objectRef<SecretCard & { readonly until?: string | null }>("WebhookSecret").implement({
  description: "What is known of a signing secret: the secret itself is shown once.",
  fields: (t) => ({
    algorithm: t.expose("algorithm", { type: SecretAlgorithm }),
    fingerprint: t.exposeString("fingerprint", { description: "To tell secrets apart." }),
    publicKey: t.exposeString("publicKey", { nullable: true, description: "`whpk_…`, of Ed25519." }),
    until: t.field({ type: "DateTime", nullable: true, description: "Signs until then, beside a newer one.", resolve: ({ until }) => until ?? null }),
  }),
});

const Progress = builder.objectRef<ProgressRow>("WebhookProgress").implement({
  description: "Where a webhook stands, as its deliverer knows.",
  fields: (t) => ({
    position: t.expose("position", { type: "Position", description: "Everything up to here was taken, put aside or not wanted." }),
    attempt: t.exposeInt("attempt", { description: "How often the event behind it was tried." }),
    failingSince: t.expose("failingSince", { type: "DateTime", nullable: true }),
    nextAt: t.expose("nextAt", { type: "DateTime", nullable: true, description: "When it is tried again." }),
    lastSuccess: t.expose("lastSuccess", { type: "DateTime", nullable: true }),
    lastError: t.exposeString("lastError", { nullable: true }),
  }),
});

const DisabledReason = builder.enumType("WebhookDisabledReason", {
  values: {
    ASKED: { value: "asked" },
    GONE: { value: "gone", description: "It answered 410." },
    FAILING: { value: "failing", description: "It took nothing for three days." },
  },
});

export const Webhook = builder.node(builder.objectRef<WebhookView>("Webhook"), {
  description: "A receiver of events: each that fits the filter is sent to the URL, in order, until it is taken.",
  id: { resolve: ({ id }) => id },
  loadOne: (id, context) => {
    requireScope(context, "admin", "webhook");
    return z.uuid().safeParse(id).success ? findWebhook(context, id) : null;
  },
  fields: (t) => ({
    webhookId: t.id({ description: "The bare uuid.", resolve: ({ id }) => id }),
    url: t.exposeString("url"),
    filter: t.string({ description: "Which events, as text; empty: every one.", resolve: ({ filter }) => filterText(filter) }),
    description: t.exposeString("description"),
    deadLetterAfter: t.exposeInt("deadLetterAfter", { nullable: true, description: "Seconds after which an event that is not taken is put aside; null: never." }),
    enabled: t.exposeBoolean("enabled"),
    disabledReason: t.expose("disabledReason", { type: DisabledReason, nullable: true }),
    disabledDetail: t.exposeString("disabledDetail", { nullable: true, description: "What it said last." }),
    secrets: t.field({ type: [SecretType], description: "Those that sign now.", resolve: ({ secrets }) => secrets.filter(({ until }) => until === null || Date.parse(until) > Date.now()) }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    createdBy: t.exposeString("createdBy", { description: "The actor." }),
    progress: t.field({
      type: Progress,
      nullable: true,
      description: "Null where no deliverer has had it in hand yet.",
      extensions: { cost: 1 },
      resolve: ({ id }, _args, { application }) => progressOf(application.sql, id),
    }),
    position: t.expose("position", { type: "Position", description: positionText }),
    stale: t.exposeBoolean("stale", { description: staleText }),
  }),
});

export const findWebhook = async (context: Context, id: string, after?: number | null): Promise<WebhookView | null> => {
  const view = await shown(context, "webhooks", after);
  const row = await webhookById(context.application.sql, id);
  return row && { ...row, ...view };
};

builder.queryField("webhook", (t) =>
  t.field({
    type: Webhook,
    nullable: true,
    extensions: { scope: "admin" },
    args: { id: t.arg.id({ required: true, description: "The bare uuid or the global id." }), after: t.arg({ type: "Position" }) },
    validate: z.looseObject({ id: UuidOrNodeId("Webhook") }),
    resolve: (_root, { id, after }, context) => findWebhook(context, id, after),
  }),
);

const WebhookConnection = connectionType(Webhook, "Webhook");
const byMaking = cursor("webhooks", z.tuple([KeyTime, KeyText.pipe(z.uuid())]));

builder.queryField("webhooks", (t) =>
  t.field({
    type: WebhookConnection,
    description: "In the order of their making.",
    extensions: { scope: "admin" },
    args: connectionArgs(t),
    validate: PageArgs,
    resolve: async (_root, args, context) => {
      const stretch = stretchOf(args, byMaking);
      const view = await shown(context, "webhooks", args.afterPosition);
      const found = await webhooksPage(context.application.sql, stretch);
      return connectionOf(found, stretch, { ...byMaking, view, keyOf: ({ createdAt, id }) => [createdAt, id], node: (row) => ({ ...row, ...view }) });
    },
  }),
);
