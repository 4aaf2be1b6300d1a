import type { Done } from "#commands/commands.ts";
import type { SecretCard } from "#domain/deliveries/events.ts";
import { refuse } from "#domain/kernel/decider.ts";
import { builder } from "#api/graphql/builder.ts";
import { causeOf } from "#api/graphql/context.ts";
import { done, payload, ReceiptType } from "#api/graphql/receipt.ts";
import { Refused } from "#api/graphql/refused.ts";
import { filterOf } from "#api/feeds/feed.ts";
import { eventByPosition } from "#projections/audit/queries.ts";
import { positionBefore } from "#projections/audit/scan.ts";
import { ChangeWebhookInput, CreateWebhookInput, DeliveryInput, ReplayWebhookInput, RotateWebhookSecretInput, WebhookInput } from "./inputs.ts";
import { SecretType } from "./webhook.ts";

const admin = { scope: "admin" } as const;

interface WithSecret extends Done {
  readonly webhook: string;
  readonly card: SecretCard;
  readonly secret: string | null;
}

const SecretPayload = builder.objectRef<WithSecret>("WebhookSecretPayload").implement({
  description: "A webhook has a new secret.",
  fields: (t) => ({
    receipt: t.expose("receipt", { type: ReceiptType }),
    webhookId: t.exposeID("webhook"),
    key: t.expose("card", { type: SecretType }),
    secret: t.exposeString("secret", { nullable: true, description: "The one that was made, shown now and never again; null where it was brought along, for a key pair (the receiver takes `key.publicKey`), and for a command sent again." }),
  }),
});

builder.mutationField("createWebhook", (t) =>
  t.field({
    type: SecretPayload,
    extensions: admin,
    args: { input: t.arg({ type: CreateWebhookInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { url, filter, description, deadLetterAfter = null, secret = null, algorithm, after = null } = input;
      const settings = { url, filter: filterOf(filter), description: description ?? "", deadLetterAfter };
      const asked = { settings, after, secret, algorithm: algorithm ?? "hmac-sha256" };
      return done(await context.application.commands.createWebhook(asked, causeOf(context, "createWebhook", input)));
    },
  }),
);

builder.mutationField("rotateWebhookSecret", (t) =>
  t.field({
    type: SecretPayload,
    extensions: admin,
    args: { input: t.arg({ type: RotateWebhookSecretInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { id: webhook, secret = null, algorithm, overlapSeconds } = input;
      const asked = { webhook, secret, algorithm: algorithm ?? "hmac-sha256", overlapSeconds: overlapSeconds ?? 86_400 } as const;
      return done(await context.application.commands.rotateWebhookSecret(asked, causeOf(context, "rotateWebhookSecret", input)));
    },
  }),
);

const WebhookPayload = payload("WebhookPayload", "A webhook is to be otherwise from now on.");

builder.mutationField("changeWebhook", (t) =>
  t.field({
    type: WebhookPayload,
    extensions: admin,
    args: { input: t.arg({ type: ChangeWebhookInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { id: webhook, url, filter, description, deadLetterAfter } = input;
      const changes = {
        ...(typeof url === "string" ? { url } : {}),
        ...(typeof filter === "string" ? { filter: filterOf(filter) } : {}),
        ...(typeof description === "string" ? { description } : {}),
        ...(typeof deadLetterAfter === "number" ? { deadLetterAfter: deadLetterAfter === 0 ? null : deadLetterAfter } : {}),
      };
      return done(await context.application.commands.changeWebhook({ webhook, changes }, causeOf(context, "changeWebhook", input)));
    },
  }),
);

for (const name of ["enableWebhook", "disableWebhook", "deleteWebhook"] as const)
  builder.mutationField(name, (t) =>
    t.field({
      type: WebhookPayload,
      extensions: admin,
      args: { input: t.arg({ type: WebhookInput, required: true }) },
      resolve: async (_root, { input }, context) => done(await context.application.commands[name]({ webhook: input.id }, causeOf(context, name, input))),
    }),
  );

builder.mutationField("replayWebhook", (t) =>
  t.field({
    type: WebhookPayload,
    description: "Sends everything behind a position again, in order, and then what comes. Ask `previewWebhook` first how much that is.",
    extensions: admin,
    args: { input: t.arg({ type: ReplayWebhookInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { id: webhook, after, since, rate = null } = input;
      const from = typeof since === "string" ? await positionBefore(context.application.sql, since) : (after ?? 0);
      return done(await context.application.commands.replayWebhook({ webhook, after: from, rate }, causeOf(context, "replayWebhook", input)));
    },
  }),
);

const DeliveryPayload = builder.objectRef<Done & { readonly request: string }>("DeliveryPayload").implement({
  description: "One delivery was asked for: `deliveries(requestId:)` shows what became of it.",
  fields: (t) => ({ receipt: t.expose("receipt", { type: ReceiptType }), requestId: t.exposeID("request") }),
});

for (const [name, kind, description] of [
  ["resendDelivery", "resend", "Sends one event once more, out of order, under its first `webhook-id`."],
  ["testWebhook", "test", "Sends a real past event once, whatever the filter, under a `webhook-id` of its own; a disabled webhook is tried, too."],
] as const)
  builder.mutationField(name, (t) =>
    t.field({
      type: DeliveryPayload,
      description,
      extensions: admin,
      args: { input: t.arg({ type: DeliveryInput, required: true }) },
      resolve: async (_root, { input }, context) => {
        const { id: webhook, position } = input;
        if (!(await eventByPosition(context.application.sql, position)))
          throw new Refused(refuse("EVENT_NOT_FOUND", `There is no event at position ${position}`, { position }));
        return done(await context.application.commands.requestDelivery({ webhook, kind, position }, causeOf(context, name, input)));
      },
    }),
  );
