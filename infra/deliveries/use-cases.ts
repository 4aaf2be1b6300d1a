import { changeWebhook } from "#commands/deliveries/change-webhook.ts";
import type { WebhookCommands } from "#commands/deliveries/commands.ts";
import { createWebhook } from "#commands/deliveries/create-webhook.ts";
import { deleteWebhook } from "#commands/deliveries/delete-webhook.ts";
import type { DeliveryNeeds } from "#commands/deliveries/endpoints.ts";
import { replayWebhook, requestDelivery } from "#commands/deliveries/request-deliveries.ts";
import { rotateWebhookSecret } from "#commands/deliveries/rotate-webhook-secret.ts";
import { disableWebhook, enableWebhook } from "#commands/deliveries/switch-webhook.ts";

export const webhookCommandsOf = (needs: DeliveryNeeds): WebhookCommands => ({
  createWebhook: createWebhook(needs),
  changeWebhook: changeWebhook(needs),
  rotateWebhookSecret: rotateWebhookSecret(needs),
  enableWebhook: enableWebhook(needs),
  disableWebhook: disableWebhook(needs),
  deleteWebhook: deleteWebhook(needs),
  replayWebhook: replayWebhook(needs),
  requestDelivery: requestDelivery(needs),
});
