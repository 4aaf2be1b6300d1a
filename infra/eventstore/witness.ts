import type { Seen } from "./wire.ts";

/**
 * Those who have sent a command wait here for the log to show it. What the server answers is not enough: of several commands in one
 * append it tells one position, and it acknowledges the same whether this sending was stored or an earlier one of the same events.
 */
export interface Witnesses {
  /** To be told of everything that the log shows. */
  readonly saw: (event: Seen) => void;
  /** To be called before sending, and to be disposed of afterwards. */
  readonly expect: (commandId: string) => Expecting;
}

export interface Expecting extends Disposable {
  /** The command's last event. */
  readonly seen: Promise<Seen>;
}

export const witnesses = (): Witnesses => {
  const expected = new Map<string, (event: Seen) => void>();
  return {
    saw: (event) => {
      if (event.attempt !== undefined) expected.get(event.commandId)?.(event);
    },
    expect: (commandId) => {
      const { promise, resolve } = Promise.withResolvers<Seen>();
      expected.set(commandId, resolve);
      const forget = () => {
        if (expected.get(commandId) === resolve) expected.delete(commandId);
      };
      return { seen: promise, [Symbol.dispose]: forget };
    },
  };
};
