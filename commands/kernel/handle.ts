import type { Codec } from "#domain/kernel/codec.ts";
import { type Decider, isRefusal, type Refusal } from "#domain/kernel/decider.ts";
import { ConcurrencyConflict } from "#domain/kernel/errors.ts";
import type { AnyEvent, Cause } from "#domain/kernel/event.ts";
import type { EventLog, Receipt } from "#commands/ports/event-log.ts";
import { eventId } from "./command-id.ts";
import { keyReused } from "./key-reused.ts";
import type { Memo, Memos } from "./memos.ts";
import { turns } from "./turns.ts";

interface Needs<Command, State, Event extends AnyEvent, Code extends string> {
  readonly decider: Decider<Command, State, Event, Code>;
  readonly codec: Codec<Event>;
  readonly log: EventLog;
  readonly memos: Memos<State>;
  /** Reads what others appended behind the memo, and keeps the new one. */
  readonly catchUp: (stream: string) => Promise<Memo<State>>;
}

/** Carries out one command on one stream. */
export type Handle<Command, Code extends string> = (
  stream: string,
  command: Command,
  cause: Cause,
) => Promise<Receipt | Refusal<Code | "IDEMPOTENCY_KEY_REUSED">>;

const attempts = 16;

/**
 * Load, decide, append: written once. Decides on the memo of the stream without reading it; what that cannot carry (a conflict,
 * a "no", an "already so") is decided again on the stream's end. A command whose `commandId` is in the log answers with its
 * first receipt, whatever has become of the state since; where that was on another stream it is refused, since this one was never
 * carried out. Throws `ConcurrencyConflict` when others win 16 times.
 */
export const handle = <Command, State, Event extends AnyEvent, Code extends string>(
  needs: Needs<Command, State, Event, Code>,
): Handle<Command, Code> => {
  const { decider, log, memos, catchUp } = needs;
  const inTurn = turns();

  const answer: Handle<Command, Code> = async (stream, command, cause) => {
    const kept = memos.get(stream);
    let memo = kept ?? (await catchUp(stream));
    for (let attempt = 1, atEnd = !kept; ; attempt++, atEnd = true) {
      const decision = decider.decide(command, memo.state);
      const nothingNew = isRefusal(decision) || decision.length === 0;
      if (nothingNew && atEnd) {
        const first = await log.receipt(cause.commandId);
        if (first) return ofStream(stream, first);
        return isRefusal(decision) ? decision : already(stream, memo);
      }
      if (!nothingNew)
        try {
          return ofStream(stream, await record(needs, stream, memo, decision, cause));
        } catch (error) {
          if (!(error instanceof ConcurrencyConflict) || attempt >= attempts) throw error;
        }
      memo = await catchUp(stream);
    }
  };

  return (stream, command, cause) => inTurn(stream, () => answer(stream, command, cause));
};

const record = async <Command, State, Event extends AnyEvent, Code extends string>(
  { decider, codec, log, memos }: Needs<Command, State, Event, Code>,
  stream: string,
  memo: Memo<State>,
  decision: readonly Event[],
  cause: Cause,
): Promise<Receipt> => {
  const events = decision.map((event, index) => ({ id: eventId(cause.commandId, index), ...codec.encode(event) }));
  const receipt = await log.append(stream, events, { expected: memo.revision < 0 ? "none" : memo.revision, cause });
  if (!receipt.replayed)
    memos.set(stream, { state: decision.reduce(decider.evolve, memo.state), revision: receipt.revision, position: receipt.position });
  return receipt;
};

const ofStream = (stream: string, receipt: Receipt) => (receipt.stream === stream ? receipt : keyReused(receipt.stream));

const already = (stream: string, { revision, position }: Memo<unknown>): Receipt => ({ position, stream, revision, eventIds: [], replayed: false });
