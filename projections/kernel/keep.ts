import { Unavailable } from "#domain/kernel/errors.ts";
import { Fenced } from "./checkpoint.ts";
import { whileHolding } from "./lease.ts";
import { backoff, pause } from "./pause.ts";
import { leaseOf, raiseFence, retryMs, type Seat } from "./seat.ts";

interface Keeping {
  /** Before the first try: makes the tables. */
  readonly ready: () => Promise<unknown>;
  /** What the one owner does until the signal aborts. */
  readonly work: (fence: number, signal: AbortSignal) => Promise<void>;
  /** The lease is gone, for whatever reason. */
  readonly left: () => void;
  /** A defect that no event is to blame for. It is tried again, later. */
  readonly failed: (error: unknown, fence: number) => Promise<void>;
}

const defectMs = 5000;

/** Has `work` done by one owner at a time across all processes, for ever: takes over, waits, goes on, until `closing` aborts. */
export const keepSeat = async (seat: Seat, closing: AbortSignal, { ready, work, left, failed }: Keeping): Promise<void> => {
  const again = backoff(closing);
  while (!closing.aborted) {
    let fence = 0;
    try {
      await ready();
      const lease = await leaseOf(seat);
      if (lease)
        await whileHolding(lease, closing, async (token, signal) => {
          await raiseFence(seat, token);
          fence = token;
          again.reset();
          await work(token, signal);
        });
      await pause(retryMs, closing);
    } catch (error) {
      if (error instanceof Unavailable) await again.wait();
      else if (error instanceof Fenced) await pause(retryMs, closing);
      else {
        await failed(error, fence).catch(() => undefined);
        await pause(defectMs, closing);
      }
    } finally {
      left();
    }
  }
};
