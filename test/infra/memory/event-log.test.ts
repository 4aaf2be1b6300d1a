import { memoryLog } from "#infra/memory/event-log.ts";
import { noLimits } from "#test/conformance/event-log/harness.ts";
import { eventLogConformance } from "#test/conformance/event-log/suite.ts";

eventLogConformance("memory", {
  limits: { ...noLimits, durable: false, boundedPages: false, shared: false, overlappingCommits: false },
  store: async () => ({ open: async () => memoryLog(), [Symbol.asyncDispose]: async () => undefined }),
});
