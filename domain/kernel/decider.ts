import type { JsonObject } from "./json.ts";

/**
 * A consistency boundary as three pure things. `decide` answers with the events to record (none: it is already so)
 * or with a refusal; `evolve` never refuses. State holds only what `decide` reads.
 */
export interface Decider<Command, State, Event, Code extends string> {
  readonly initialState: State;
  readonly decide: (command: Command, state: State) => readonly Event[] | Refusal<Code>;
  readonly evolve: (state: State, event: Event) => State;
}

/** The domain says no, with a stable public code (docs/errors.md). A value, never thrown. */
export interface Refusal<Code extends string = string> {
  readonly refused: Code;
  /** One sentence for a person. */
  readonly message: string;
  /** What a program needs to act on it. */
  readonly details: JsonObject;
}

export const refuse = <const Code extends string>(refused: Code, message: string, details: JsonObject = {}): Refusal<Code> => ({
  refused,
  message,
  details,
});

export const isRefusal = <Code extends string>(answer: object | Refusal<Code>): answer is Refusal<Code> => "refused" in answer;
