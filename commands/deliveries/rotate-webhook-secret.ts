import { endpointStream } from "#domain/deliveries/events.ts";
import { isRefusal } from "#domain/kernel/decider.ts";
import type { Commands } from "#commands/commands.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import type { DeliveryNeeds } from "./endpoints.ts";
import { keptSecret } from "./kept-secret.ts";

/** Deliveries are signed with a new secret, and for a while with the one before it, so that the receiver can change over. */
export const rotateWebhookSecret =
  ({ endpoints, secrets, clock }: DeliveryNeeds): Commands["rotateWebhookSecret"] =>
  async ({ webhook, secret, algorithm, overlapSeconds }, cause) => {
    const made = await keptSecret(secrets, { id: commandIdOf("webhook secret", cause.commandId), secret, algorithm });
    if (isRefusal(made)) return made;
    const previousUntil = new Date(clock() + overlapSeconds * 1000).toISOString();
    const receipt = await endpoints.handle(endpointStream(webhook), { type: "RotateSecret", secret: made.card, previousUntil }, cause);
    if (!isRefusal(receipt)) return { receipt, task: null, webhook, card: made.card, secret: receipt.replayed ? null : made.shown };
    await secrets.forget(made.card.id);
    return receipt;
  };
