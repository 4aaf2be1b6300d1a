import { endpointStream } from "#domain/deliveries/events.ts";
import { isRefusal } from "#domain/kernel/decider.ts";
import type { Commands } from "#commands/commands.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import type { DeliveryNeeds } from "./endpoints.ts";
import { onEndpoint } from "./on-endpoint.ts";

/** Everything behind a position is sent again, in order, at a bounded rate. */
export const replayWebhook =
  ({ endpoints, log }: DeliveryNeeds): Commands["replayWebhook"] =>
  async ({ webhook, after, rate }, cause) => {
    const until = await log.head();
    return onEndpoint(endpoints.handle(endpointStream(webhook), { type: "Replay", after: Math.min(after, until), until, rate }, cause));
  };

/** One event is sent once, out of order. */
export const requestDelivery =
  ({ endpoints }: DeliveryNeeds): Commands["requestDelivery"] =>
  async ({ webhook, kind, position }, cause) => {
    const request = commandIdOf("delivery", cause.commandId);
    const receipt = await endpoints.handle(endpointStream(webhook), { type: "RequestDelivery", request, kind, position }, cause);
    return isRefusal(receipt) ? receipt : { receipt, task: null, request };
  };
