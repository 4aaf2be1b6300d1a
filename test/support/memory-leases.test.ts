import { leasesConformance } from "#test/conformance/leases/suite.ts";
import { memoryLeases } from "./memory-leases.ts";

leasesConformance("the tests' memory", async () => {
  let now = Date.now();
  const leases = memoryLeases(() => now);
  return {
    open: () => leases,
    forget: async () => {
      now++;
      leases.forget();
    },
    pass: async (milliseconds) => {
      now += milliseconds;
    },
    now: () => now,
    [Symbol.asyncDispose]: async () => undefined,
  };
});
