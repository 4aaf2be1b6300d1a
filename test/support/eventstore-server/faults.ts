import { setTimeout as sleep } from "node:timers/promises";

/** What the server has been told to do badly. */
export interface Faults {
  /** Milliseconds before each answer to an append or a read. */
  delay: number;
  /** So many of the next appends are stored and never answered. */
  lose: number;
  /** So many of the next appends are carried out twice, as a network that repeats would have it. */
  duplicate: number;
  /** Every call is refused. */
  unavailable: boolean;
}

export const noFaults = (): Faults => ({ delay: 0, lose: 0, duplicate: 0, unavailable: false });

export const delayed = async ({ delay }: Faults): Promise<void> => {
  if (delay > 0) await sleep(delay);
};

/** Takes one of those that are to come. */
export const takes = (faults: Faults, kind: "lose" | "duplicate"): boolean => {
  if (faults[kind] === 0) return false;
  faults[kind]--;
  return true;
};
