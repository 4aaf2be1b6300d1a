import { endpointStream } from "#domain/deliveries/events.ts";
import { isRefusal, refuse } from "#domain/kernel/decider.ts";
import type { Commands } from "#commands/commands.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import type { DeliveryNeeds } from "./endpoints.ts";
import { keptSecret } from "./kept-secret.ts";

/** Events go to a URL from now on, or from a position on. A secret that was made here is in this answer and nowhere else. */
export const createWebhook =
  (needs: DeliveryNeeds): Commands["createWebhook"] =>
  async ({ settings, secret, algorithm, after }, cause) => {
    const reason = await needs.forbidden(settings.url);
    if (reason !== null) return urlForbidden(settings.url, reason);
    const webhook = commandIdOf("webhook", cause.commandId);
    const made = await keptSecret(needs.secrets, { id: commandIdOf("webhook secret", cause.commandId), secret, algorithm });
    if (isRefusal(made)) return made;
    const head = await needs.log.head();
    const command = { type: "CreateEndpoint", endpoint: webhook, ...settings, secret: made.card, after: Math.min(after ?? head, head) } as const;
    const receipt = await needs.endpoints.handle(endpointStream(webhook), command, cause);
    if (isRefusal(receipt)) return receipt;
    return { receipt, task: null, webhook, card: made.card, secret: receipt.replayed ? null : made.shown };
  };

export const urlForbidden = (url: string, reason: string) => refuse("URL_FORBIDDEN", `Nothing may be sent to this URL: ${reason}`, { url, reason });
