import type { EndpointCode } from "#domain/deliveries/endpoint.ts";
import type { EndpointSettings, SecretCard } from "#domain/deliveries/events.ts";
import type { Command, Done } from "#commands/commands.ts";

/** What can be done with webhooks. */
export interface WebhookCommands {
  readonly createWebhook: Command<
    { readonly settings: EndpointSettings; readonly after: number | null } & OfferedSecret,
    "URL_FORBIDDEN" | "SECRET_MALFORMED" | WebhookCode,
    WithSecret
  >;
  readonly changeWebhook: Command<{ readonly webhook: string; readonly changes: Partial<EndpointSettings> }, "URL_FORBIDDEN" | WebhookCode>;
  readonly rotateWebhookSecret: Command<
    { readonly webhook: string; readonly overlapSeconds: number } & OfferedSecret,
    "SECRET_MALFORMED" | WebhookCode,
    WithSecret
  >;
  readonly enableWebhook: Command<{ readonly webhook: string }, WebhookCode>;
  readonly disableWebhook: Command<{ readonly webhook: string }, WebhookCode>;
  readonly deleteWebhook: Command<{ readonly webhook: string }, WebhookCode>;
  readonly replayWebhook: Command<{ readonly webhook: string; readonly after: number; /** Events a second. */ readonly rate: number | null }, WebhookCode>;
  readonly requestDelivery: Command<
    { readonly webhook: string; readonly kind: "resend" | "test"; readonly position: number },
    WebhookCode,
    Done & { readonly request: string }
  >;
}

type WebhookCode = EndpointCode | "IDEMPOTENCY_KEY_REUSED";

interface OfferedSecret {
  /** One is made where it is null. */
  readonly secret: string | null;
  /** Of the one that is made. */
  readonly algorithm: SecretCard["algorithm"];
}

type WithSecret = Done & {
  readonly webhook: string;
  readonly card: SecretCard;
  /** The one that was made; null where it was brought along, or the command was carried out before. */
  readonly secret: string | null;
};
