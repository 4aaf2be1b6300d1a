/** Wakes whoever waits for the log to grow. Rings are counted, so that one between reading and waiting is not missed. */
export interface Bell {
  readonly rings: () => number;
  readonly ring: () => void;
  /** Resolves when there are more than `heard` rings, when `patience` (ms) is over, or when the signal aborts. */
  readonly next: (heard: number, patience: number, signal: AbortSignal) => Promise<void>;
}

export const bell = (): Bell => {
  let rings = 0;
  const sleepers = new Set<() => void>();
  const ring = () => {
    rings++;
    for (const wake of sleepers) wake();
  };
  const next = (heard: number, patience: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (rings > heard || signal.aborted) return resolve();
      const wake = () => {
        clearTimeout(timer);
        sleepers.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, patience);
      sleepers.add(wake);
      signal.addEventListener("abort", wake);
    });
  return { rings: () => rings, ring, next };
};
