import { z } from "zod";
import { builder } from "#api/graphql/builder.ts";
import { FilterText } from "#api/graphql/input/filter.ts";
import { asked, Words } from "#api/graphql/input/text.ts";
import { UuidOrNodeId } from "#api/graphql/node-id.ts";
import { SecretAlgorithm } from "./webhook.ts";

const Url = z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).max(2048);
const DeadLetterAfter = z.int().min(1, "must be at least a second").max(366 * 86_400).nullish();
const Algorithm = z.enum(["hmac-sha256", "ed25519"]).nullish();
const Secret = z.string().max(200).nullish();
const Id = UuidOrNodeId("Webhook");

const urlText = "https, or http where the server's WAYBILL_WEBHOOK_ALLOW lets it.";
const filterText = "`type=trust.*;stream=trust.targets-demo;kind=artifact;key=pkg:deb/`; empty: every event.";
const deadLetterText = "Put an event aside that was not taken for so many seconds; absent: never.";
const secretText = "`whsec_…` (24 to 64 bytes) or `whsk_…` (Ed25519) in base64; absent: one is made and shown once.";
const idText = "The bare uuid or the global id.";

export const CreateWebhookInput = builder
  .inputType("CreateWebhookInput", {
    fields: (t) => ({
      url: t.string({ required: true, description: urlText }),
      filter: t.string({ defaultValue: "", description: filterText }),
      description: t.string({ defaultValue: "" }),
      deadLetterAfter: t.int({ description: deadLetterText }),
      secret: t.string({ description: secretText }),
      algorithm: t.field({ type: SecretAlgorithm, defaultValue: "hmac-sha256", description: "Of the secret that is made." }),
      after: t.field({ type: "Position", description: "Send what is behind this position, too; absent: only what comes." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(z.object({ ...asked, url: Url, filter: FilterText.nullish(), description: Words(200).nullish(), deadLetterAfter: DeadLetterAfter, secret: Secret, algorithm: Algorithm, after: z.int().min(0).nullish() }));

export const ChangeWebhookInput = builder
  .inputType("ChangeWebhookInput", {
    description: "What is absent stays as it is.",
    fields: (t) => ({
      id: t.id({ required: true, description: idText }),
      url: t.string({ description: urlText }),
      filter: t.string({ description: filterText }),
      description: t.string(),
      deadLetterAfter: t.int({ description: "0: never." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(z.object({ ...asked, id: Id, url: Url.nullish(), filter: FilterText.nullish(), description: Words(200).nullish(), deadLetterAfter: z.int().min(0).max(366 * 86_400).nullish() }));

export const RotateWebhookSecretInput = builder
  .inputType("RotateWebhookSecretInput", {
    fields: (t) => ({
      id: t.id({ required: true, description: idText }),
      secret: t.string({ description: secretText }),
      algorithm: t.field({ type: SecretAlgorithm, defaultValue: "hmac-sha256", description: "Of the secret that is made." }),
      overlapSeconds: t.int({ defaultValue: 86_400, description: "How long the secret before it signs, too." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(z.object({ ...asked, id: Id, secret: Secret, algorithm: Algorithm, overlapSeconds: z.int().min(0).max(366 * 86_400).nullish() }));

export const WebhookInput = builder
  .inputType("WebhookInput", { fields: (t) => ({ id: t.id({ required: true, description: idText }), reason: t.string(), idempotencyKey: t.string() }) })
  .validate(z.object({ ...asked, id: Id }));

export const ReplayWebhookInput = builder
  .inputType("ReplayWebhookInput", {
    fields: (t) => ({
      id: t.id({ required: true, description: idText }),
      after: t.field({ type: "Position", description: "Everything behind this position is sent again." }),
      since: t.field({ type: "DateTime", description: "In the place of `after`: everything from this moment on." }),
      rate: t.float({ description: "Events a second, at most; absent: as fast as they are taken." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(
    z
      .looseObject({ ...asked, id: Id, after: z.int().min(0).nullish(), since: z.string().nullish(), rate: z.number().positive("must be more than 0").max(100_000).nullish() })
      .refine(({ after, since }) => (typeof after === "number") !== (typeof since === "string"), { path: ["after"], message: "give either after or since" }),
  );

export const DeliveryInput = builder
  .inputType("DeliveryInput", {
    fields: (t) => ({
      id: t.id({ required: true, description: idText }),
      position: t.field({ type: "Position", required: true, description: "Of the event." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(z.object({ ...asked, id: Id, position: z.int().min(1, "must be the position of an event") }));

