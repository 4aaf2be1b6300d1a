import type { StoredEvent } from "#domain/kernel/event.ts";
import type { LogEvent } from "./wire.ts";

/** A command's last event as the log has shown it, and which sending of the command has stored it. */
export interface Testimony {
  readonly event: StoredEvent;
  readonly attempt: string;
}

/**
 * Those who have sent a command wait here for the log to show it. What the server answers is not enough: of several commands in one
 * append it tells one position, and it acknowledges the same whether this sending was stored or an earlier one of the same events.
 */
export interface Witnesses {
  /** To be told of everything that the log shows. */
  readonly saw: (event: LogEvent) => void;
  /** To be called before sending, and to be disposed of afterwards. */
  readonly expect: (commandId: string) => Expecting;
}

export interface Expecting extends Disposable {
  readonly seen: Promise<Testimony>;
}

export const witnesses = (): Witnesses => {
  const expected = new Map<string, (testimony: Testimony) => void>();
  return {
    saw: ({ event, attempt }) => {
      if (attempt !== undefined) expected.get(event.commandId)?.({ event, attempt });
    },
    expect: (commandId) => {
      const { promise, resolve } = Promise.withResolvers<Testimony>();
      expected.set(commandId, resolve);
      const forget = () => {
        if (expected.get(commandId) === resolve) expected.delete(commandId);
      };
      return { seen: promise, [Symbol.dispose]: forget };
    },
  };
};
