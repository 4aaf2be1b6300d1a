import type { EventLog } from "#commands/ports/event-log.ts";

/**
 * Which log this is: the id of its first event. Names of keys have it in them, so that nothing of another log is ever taken for
 * this one's. The result is made once, when the log has its first event; null before.
 */
export const logIdentity = <Keys>(log: EventLog, make: (identity: string) => Promise<Keys>): (() => Promise<Keys | null>) => {
  let made: Promise<Keys | null> | undefined;
  const find = async (): Promise<Keys | null> => {
    const first = (await log.readAll({ after: 0, limit: 1 })).events[0];
    return first ? make(first.id) : null;
  };
  const forget = (): void => {
    made = undefined;
  };
  return async () => {
    made ??= find();
    try {
      const keys = await made;
      if (!keys) forget();
      return keys;
    } catch (error) {
      forget();
      throw error;
    }
  };
};
