import { endpointStream } from "#domain/deliveries/events.ts";
import type { Commands } from "#commands/commands.ts";
import type { DeliveryNeeds } from "./endpoints.ts";
import { onEndpoint } from "./on-endpoint.ts";

/** It goes on where it stopped. */
export const enableWebhook =
  ({ endpoints }: DeliveryNeeds): Commands["enableWebhook"] =>
  ({ webhook }, cause) =>
    onEndpoint(endpoints.handle(endpointStream(webhook), { type: "EnableEndpoint" }, cause));

/** Nothing is sent, and the place in the log is kept. */
export const disableWebhook =
  ({ endpoints }: DeliveryNeeds): Commands["disableWebhook"] =>
  ({ webhook }, cause) =>
    onEndpoint(endpoints.handle(endpointStream(webhook), { type: "Record", outcome: { type: "EndpointDisabled", reason: "asked", detail: "" } }, cause));
