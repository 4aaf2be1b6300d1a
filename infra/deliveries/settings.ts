import { usualPatience } from "#domain/deliveries/retry.ts";
import type { Config } from "#infra/config.ts";
import type { Logger } from "#infra/log.ts";
import { reachOf } from "./addresses.ts";
import type { DeliveriesNeeds } from "./run.ts";

/** How webhooks are treated, as this process is told. */
export const deliverySettings = (config: Config, logger: Logger): Pick<DeliveriesNeeds, "reach" | "patience" | "timeoutMs" | "failed"> => ({
  reach: reachOf(config.WAYBILL_WEBHOOK_ALLOW),
  patience: { ...usualPatience, firstMs: config.WAYBILL_WEBHOOK_RETRY_MS },
  timeoutMs: config.WAYBILL_WEBHOOK_TIMEOUT_MS,
  failed: (what, error) => logger.error("deliveries to a webhook failed", { what, error }),
});
