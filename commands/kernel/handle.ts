import type { Codec } from "#domain/kernel/codec.ts";
import { type Decider, isRefusal, type Refusal } from "#domain/kernel/decider.ts";
import { ConcurrencyConflict } from "#domain/kernel/errors.ts";
import type { AnyEvent, Cause } from "#domain/kernel/event.ts";
import type { EventLog, Receipt } from "#commands/ports/event-log.ts";
import { eventId } from "./command-id.ts";
import { folded, type Memo, type Memos } from "./memos.ts";
import { turns } from "./turns.ts";

/** Everything that is needed to handle the commands of one kind of stream. */
export interface Aggregate<Command, State, Event extends AnyEvent, Code extends string> {
  readonly decider: Decider<Command, State, Event, Code>;
  readonly codec: Codec<Event>;
}

/** One command to one stream. `decide` twice must be harmless: a conflict is answered by deciding again. */
export interface Handle<Command, State, Code extends string> {
  (stream: string, command: Command | ((state: State) => Promise<Command>), cause: Cause): Promise<Receipt | Refusal<Code>>;
}

const attempts = 16;

/**
 * Load, decide, append: written once. A command whose `commandId` is in the log already answers with its first receipt.
 * Decides on the memo of the stream without reading it; whatever that cannot carry (a conflict, a "no", an "already so") is
 * decided again on the stream's end. Throws `ConcurrencyConflict` when others win 16 times.
 */
export const handle = <Command, State, Event extends AnyEvent, Code extends string>(
  { decider, codec }: Aggregate<Command, State, Event, Code>,
  log: EventLog,
  memos: Memos<State>,
): Handle<Command, State, Code> => {
  const inTurn = turns();

  const catchUp = async (stream: string, memo: Memo<State>): Promise<Memo<State>> => {
    const events = await log.read(stream, { after: memo.revision });
    const next = folded(decider, memo, events.map(codec.decode));
    memos.set(stream, next);
    return next;
  };

  const answer: Handle<Command, State, Code> = async (stream, command, cause) => {
    const first = await log.receipt(cause.commandId);
    if (first) return first;
    let memo = memos.get(stream);
    let current = memo === undefined;
    memo ??= { state: decider.initialState, revision: -1, position: 0 };
    if (current) memo = await catchUp(stream, memo);
    for (let attempt = 1; ; attempt++) {
      const decision = decider.decide(typeof command === "function" ? await (command as Ask<State, Command>)(memo.state) : command, memo.state);
      const nothingNew = isRefusal(decision) || decision.length === 0;
      if (nothingNew && current) return isRefusal(decision) ? decision : already(stream, memo);
      if (!nothingNew)
        try {
          return await record(stream, memo, decision, cause);
        } catch (error) {
          if (!(error instanceof ConcurrencyConflict) || attempt >= attempts) throw error;
        }
      memo = await catchUp(stream, memo);
      current = true;
    }
  };

  const record = async (stream: string, memo: Memo<State>, decision: readonly Event[], cause: Cause): Promise<Receipt> => {
    const events = decision.map((event, index) => ({ id: eventId(cause.commandId, index), ...codec.encode(event) }));
    const receipt = await log.append(stream, events, { expected: memo.revision < 0 ? "none" : memo.revision, cause });
    if (!receipt.replayed)
      memos.set(stream, { state: decision.reduce(decider.evolve, memo.state), revision: receipt.revision, position: receipt.position });
    return receipt;
  };

  return (stream, command, cause) => inTurn(stream, () => answer(stream, command, cause));
};

type Ask<State, Command> = (state: State) => Promise<Command>;

const already = (stream: string, { revision, position }: Memo<unknown>): Receipt => ({
  position,
  stream,
  revision,
  eventIds: [],
  replayed: false,
});
