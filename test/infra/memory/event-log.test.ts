import { memoryLog } from "#infra/memory/event-log.ts";
import { eventLogConformance } from "#test/conformance/event-log/suite.ts";

eventLogConformance("memory", {
  limits: { durable: false, densePositions: true, boundedPages: false, shared: false },
  store: async () => ({ open: async () => memoryLog(), [Symbol.asyncDispose]: async () => undefined }),
});
