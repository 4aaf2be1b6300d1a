import { memoryLog } from "#infra/memory/event-log.ts";
import { noLimits } from "#test/conformance/event-log/harness.ts";
import { eventLogConformance } from "#test/conformance/event-log/suite.ts";
import { anyRedis, freshRedis } from "#test/support/redis.ts";
import { whenThere } from "#test/support/required.ts";
import { openTailed } from "#test/support/tailed.ts";

/** A log whose subscriptions go through Redis is a log like any other. */
const enrol = (adapter: string, options: Parameters<typeof openTailed>[2]) =>
  eventLogConformance(adapter, {
    limits: { ...noLimits, durable: false, boundedPages: false, shared: false, overlappingCommits: false },
    store: async () => {
      const stack = new AsyncDisposableStack();
      const fresh = stack.use(await freshRedis());
      const open = async () => {
        const tailed = stack.use(await openTailed(memoryLog(), fresh.open(), options));
        return tailed.log;
      };
      return { open, [Symbol.asyncDispose]: () => stack.disposeAsync() };
    },
  });

whenThere("redis", anyRedis, () => {
  enrol("memory with its tail in Redis", { fillers: 2 });
  enrol("memory with a short tail in Redis", { bounds: { events: 5, bytes: 2000 } });
});
