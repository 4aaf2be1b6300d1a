import { recordSecretReads } from "#commands/access/record-secret-reads.ts";
import { changeWebhook } from "#commands/deliveries/change-webhook.ts";
import type { WebhookCommands } from "#commands/deliveries/commands.ts";
import { createWebhook } from "#commands/deliveries/create-webhook.ts";
import { deleteWebhook } from "#commands/deliveries/delete-webhook.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { DeliveryNeeds } from "#commands/deliveries/endpoints.ts";
import { replayWebhook, requestDelivery } from "#commands/deliveries/request-deliveries.ts";
import { rotateWebhookSecret } from "#commands/deliveries/rotate-webhook-secret.ts";
import { disableWebhook, enableWebhook } from "#commands/deliveries/switch-webhook.ts";

export const webhookCommandsOf = (needs: DeliveryNeeds & { readonly log: EventLog }): WebhookCommands => ({
  createWebhook: recordSecretReads(needs.log, "webhook")(createWebhook(needs), ({ webhook }) => webhook),
  changeWebhook: changeWebhook(needs),
  rotateWebhookSecret: recordSecretReads(needs.log, "webhook")(rotateWebhookSecret(needs), ({ webhook }) => webhook),
  enableWebhook: enableWebhook(needs),
  disableWebhook: disableWebhook(needs),
  deleteWebhook: deleteWebhook(needs),
  replayWebhook: replayWebhook(needs),
  requestDelivery: requestDelivery(needs),
});
