import { appendConformance } from "./append.ts";
import { concurrencyConformance } from "./concurrency.ts";
import { durabilityConformance } from "./durability.ts";
import type { Harness } from "./harness.ts";
import { idempotencyConformance } from "./idempotency.ts";
import { readingConformance } from "./reading.ts";
import { subscriptionConformance } from "./subscription.ts";

/** All that every event log must do, whichever technology keeps it. */
export const eventLogConformance = (adapter: string, harness: Harness) => {
  appendConformance(adapter, harness);
  concurrencyConformance(adapter, harness);
  idempotencyConformance(adapter, harness);
  readingConformance(adapter, harness);
  subscriptionConformance(adapter, harness);
  durabilityConformance(adapter, harness);
};
