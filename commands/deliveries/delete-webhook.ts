import { endpointStream } from "#domain/deliveries/events.ts";
import { isRefusal } from "#domain/kernel/decider.ts";
import type { Commands } from "#commands/commands.ts";
import type { DeliveryNeeds } from "./endpoints.ts";

/** It is gone for good, and the secret that it signs with; an older one is of no use to anybody. */
export const deleteWebhook =
  ({ endpoints, secrets }: DeliveryNeeds): Commands["deleteWebhook"] =>
  async ({ webhook }, cause) => {
    const { state } = await endpoints.latest(endpointStream(webhook));
    const receipt = await endpoints.handle(endpointStream(webhook), { type: "DeleteEndpoint" }, cause);
    if (isRefusal(receipt)) return receipt;
    if (state) await secrets.forget(state.secret);
    return { receipt, task: null };
  };
