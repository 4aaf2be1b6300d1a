import { appendConformance } from "./append.ts";
import { concurrencyConformance } from "./concurrency.ts";
import { durabilityConformance } from "./durability.ts";
import type { Harness, Limits } from "./harness.ts";
import { idempotencyConformance } from "./idempotency.ts";
import { interruptionConformance } from "./interruption.ts";
import { readingConformance } from "./reading.ts";
import { subscriptionConformance } from "./subscription.ts";

/** Who has enrolled in this process, for run.ts. */
export const enrolled = new Map<string, Limits>();

/**
 * All that every event log must do, whichever technology keeps it. An engine enrols in test/infra/<its folder>/event-log.test.ts, where
 * `npm run conformance` finds it; `adapter` is what results call it.
 */
export const eventLogConformance = (adapter: string, harness: Harness) => {
  enrolled.set(adapter, harness.limits);
  appendConformance(adapter, harness);
  concurrencyConformance(adapter, harness);
  idempotencyConformance(adapter, harness);
  readingConformance(adapter, harness);
  subscriptionConformance(adapter, harness);
  durabilityConformance(adapter, harness);
  if (harness.interruptible) interruptionConformance(adapter, harness);
};
