import assert from "node:assert/strict";
import { type Decider, isRefusal } from "#domain/kernel/decider.ts";

interface Scenario<Command, Event, Code> {
  readonly given?: readonly Event[];
  readonly when: Command;
  /** Exactly these events, in this order; none: it is already so. */
  readonly thenRecords?: readonly Event[];
  readonly thenRefuses?: Code;
}

/** Given what happened, when somebody asks for this, then these events follow, or this refusal. */
export const decides = <Command, State, Event, Code extends string>(
  { initialState, decide, evolve }: Decider<Command, State, Event, Code>,
  { given = [], when, thenRecords, thenRefuses }: Scenario<Command, Event, Code>,
): void => {
  const decision = decide(when, given.reduce(evolve, initialState));
  if (thenRefuses !== undefined) assert.equal(isRefusal(decision) ? decision.refused : decision, thenRefuses);
  else assert.deepEqual(decision, thenRecords);
};
