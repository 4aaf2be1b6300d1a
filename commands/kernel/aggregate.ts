import type { Codec } from "#domain/kernel/codec.ts";
import type { Decider } from "#domain/kernel/decider.ts";
import type { AnyEvent } from "#domain/kernel/event.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { type Handle, handle } from "./handle.ts";
import { folded, type Memo, recentMemos, type Room } from "./memos.ts";

/** The streams of one decider: its commands, and its state for those who decide elsewhere. */
export interface Aggregate<Command, State, Code extends string> {
  readonly handle: Handle<Command, Code>;
  /** The state at the stream's end, as it is now. */
  latest(stream: string): Promise<Memo<State>>;
}

/** Events of a stream that are in memory at the same time. */
const atOnce = 256;

const aThousand = { capacity: 1000, weigh: () => 1 };

/** A decider on a log; the states of the streams that were used last are kept in memory, as many as there is room for. */
export const aggregate = <Command, State, Event extends AnyEvent, Code extends string>(
  decider: Decider<Command, State, Event, Code>,
  codec: Codec<Event>,
  log: EventLog,
  room: Room<State> = aThousand,
): Aggregate<Command, State, Code> => {
  const memos = recentMemos(room);
  const catchUp = async (stream: string): Promise<Memo<State>> => {
    let next = memos.get(stream) ?? { state: decider.initialState, revision: -1, position: 0 };
    for (let more = true; more; ) {
      const events = await log.read(stream, { after: next.revision, limit: atOnce });
      next = folded(decider, next, events.map(codec.decode));
      more = events.length === atOnce;
      // A stream of a million events keeps nobody else waiting.
      if (more) await new Promise(setImmediate);
    }
    if (next.revision >= 0 && next.revision >= (memos.get(stream)?.revision ?? -1)) memos.set(stream, next);
    return next;
  };
  return { handle: handle({ decider, codec, log, memos, catchUp }), latest: catchUp };
};
