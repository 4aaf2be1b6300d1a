import { z } from "zod";
import { operation } from "#api/cli/operation.ts";
import { Event } from "./audit.ts";
import { connection, type Input, page, Receipt, receipt } from "./shared.ts";

const Progress = z.object({
  position: z.number(),
  attempt: z.number(),
  failingSince: z.string().nullable(),
  nextAt: z.string().nullable(),
  lastSuccess: z.string().nullable(),
  lastError: z.string().nullable(),
});

const Key = z.object({ algorithm: z.string(), fingerprint: z.string(), publicKey: z.string().nullable(), until: z.string().nullable() });

export const Webhook = z.object({
  webhookId: z.string(),
  url: z.string(),
  filter: z.string(),
  description: z.string(),
  deadLetterAfter: z.number().nullable(),
  enabled: z.boolean(),
  disabledReason: z.string().nullable(),
  disabledDetail: z.string().nullable(),
  secrets: z.array(Key),
  createdAt: z.string(),
  progress: Progress.nullable(),
});
export type Webhook = z.infer<typeof Webhook>;

const key = "algorithm fingerprint publicKey until";
const webhook = `webhookId url filter description deadLetterAfter enabled disabledReason disabledDetail secrets { ${key} } createdAt
  progress { position attempt failingSince nextAt lastSuccess lastError }`;

const Made = z.object({ receipt: Receipt, webhookId: z.string(), key: Key, secret: z.string().nullable() });

interface Offered {
  readonly secret?: string | undefined;
  readonly algorithm?: string | undefined;
}

export interface Settings {
  readonly url?: string | undefined;
  readonly filter?: string | undefined;
  readonly description?: string | undefined;
  readonly deadLetterAfter?: number | undefined;
}

export const createWebhook = operation<Input<Settings & Offered & { readonly url: string; readonly after?: number | undefined }>>()(
  `mutation CreateWebhook($input: CreateWebhookInput!) { createWebhook(input: $input) { ${receipt} webhookId key { ${key} } secret } }`,
  z.object({ createWebhook: Made }),
);

export const rotateWebhook = operation<Input<Offered & { readonly id: string; readonly overlapSeconds?: number | undefined }>>()(
  `mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) { rotateWebhookSecret(input: $input) { ${receipt} webhookId key { ${key} } secret } }`,
  z.object({ rotateWebhookSecret: Made }),
);

const Done = z.object({ receipt: Receipt });

export const changeWebhook = operation<Input<Settings & { readonly id: string }>>()(
  `mutation ChangeWebhook($input: ChangeWebhookInput!) { changeWebhook(input: $input) { ${receipt} } }`,
  z.object({ changeWebhook: Done }),
);

export const enableWebhook = operation<Input<{ readonly id: string }>>()(
  `mutation EnableWebhook($input: WebhookInput!) { enableWebhook(input: $input) { ${receipt} } }`,
  z.object({ enableWebhook: Done }),
);

export const disableWebhook = operation<Input<{ readonly id: string }>>()(
  `mutation DisableWebhook($input: WebhookInput!) { disableWebhook(input: $input) { ${receipt} } }`,
  z.object({ disableWebhook: Done }),
);

export const deleteWebhook = operation<Input<{ readonly id: string }>>()(
  `mutation DeleteWebhook($input: WebhookInput!) { deleteWebhook(input: $input) { ${receipt} } }`,
  z.object({ deleteWebhook: Done }),
);

export const replayWebhook = operation<Input<{ readonly id: string; readonly after: number; readonly rate?: number | undefined }>>()(
  `mutation ReplayWebhook($input: ReplayWebhookInput!) { replayWebhook(input: $input) { ${receipt} } }`,
  z.object({ replayWebhook: Done }),
);

const Asked = z.object({ receipt: Receipt, requestId: z.string() });

export const resendDelivery = operation<Input<{ readonly id: string; readonly position: number }>>()(
  `mutation ResendDelivery($input: DeliveryInput!) { resendDelivery(input: $input) { ${receipt} requestId } }`,
  z.object({ resendDelivery: Asked }),
);

export const testWebhook = operation<Input<{ readonly id: string; readonly position: number }>>()(
  `mutation TestWebhook($input: DeliveryInput!) { testWebhook(input: $input) { ${receipt} requestId } }`,
  z.object({ testWebhook: Asked }),
);

export const showWebhook = operation<{ id: string }>()(`query Webhook($id: ID!) { webhook(id: $id) { ${webhook} } }`, z.object({ webhook: Webhook.nullable() }));

export const listWebhooks = operation<{ after?: string | null }>()(
  `query Webhooks($after: String) { webhooks(first: 100, after: $after) { edges { node { ${webhook} } } ${page} } }`,
  z.object({ webhooks: connection(Webhook) }),
);

export const Delivery = z.object({
  eventPosition: z.number(),
  eventId: z.string(),
  eventType: z.string(),
  kind: z.string(),
  requestId: z.string().nullable(),
  attempt: z.number(),
  at: z.string(),
  milliseconds: z.number(),
  status: z.number().nullable(),
  outcome: z.string(),
  error: z.string().nullable(),
  response: z.string().nullable(),
  nextAt: z.string().nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

export const listDeliveries = operation<{ webhook: string; first: number; outcome?: string | undefined; requestId?: string | undefined }>()(
  `query Deliveries($webhook: ID!, $first: Int, $outcome: DeliveryOutcome, $requestId: ID) { deliveries(webhook: $webhook, first: $first, outcome: $outcome, requestId: $requestId) {
    edges { node { eventPosition eventId eventType kind requestId attempt at milliseconds status outcome error response nextAt } } ${page} } }`,
  z.object({ deliveries: connection(Delivery) }),
);

export const listDeadLetters = operation<{ webhook: string; after?: string | null }>()(
  `query DeadLetters($webhook: ID!, $after: String) { deadLetters(webhook: $webhook, first: 100, after: $after) {
    edges { node { eventPosition eventId eventType attempts reason at resending } } ${page} } }`,
  z.object({
    deadLetters: connection(z.object({ eventPosition: z.number(), eventId: z.string(), eventType: z.string(), attempts: z.number(), reason: z.string(), at: z.string(), resending: z.boolean() })),
  }),
);

export const previewWebhook = operation<{ filter: string; after?: number | undefined; since?: string | undefined }>()(
  `query PreviewWebhook($filter: String!, $after: Position, $since: DateTime) { previewWebhook(filter: $filter, after: $after, since: $since) { after count exact
    newest { eventId type stream revision position at actor reason commandId correlationId causationId data } } }`,
  z.object({ previewWebhook: z.object({ after: z.number(), count: z.number(), exact: z.boolean(), newest: z.array(Event) }) }),
);
