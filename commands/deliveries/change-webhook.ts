import { endpointStream } from "#domain/deliveries/events.ts";
import type { Commands } from "#commands/commands.ts";
import { urlForbidden } from "./create-webhook.ts";
import type { DeliveryNeeds } from "./endpoints.ts";
import { onEndpoint } from "./on-endpoint.ts";

/** Another URL, filter, description or patience. */
export const changeWebhook =
  ({ endpoints, forbidden }: DeliveryNeeds): Commands["changeWebhook"] =>
  async ({ webhook, changes }, cause) => {
    const reason = changes.url === undefined ? null : await forbidden(changes.url);
    if (reason !== null) return urlForbidden(changes.url ?? "", reason);
    return onEndpoint(endpoints.handle(endpointStream(webhook), { type: "ReconfigureEndpoint", changes }, cause));
  };
