import type { Expected } from "#commands/ports/event-log.ts";

/** Whether what a writer believes of a stream is so. `actual` is the revision of its last event; -1 where there is none. */
export const holds = (expected: Expected, actual: number): boolean => {
  switch (expected) {
    case "any":
      return true;
    case "none":
      return actual < 0;
    case "exists":
      return actual >= 0;
    default:
      return expected === actual;
  }
};
