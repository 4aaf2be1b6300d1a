import { isRefusal, type Refusal } from "#domain/kernel/decider.ts";
import type { Known, SourceCommand } from "#domain/graph/sources.ts";
import type { Done } from "#commands/commands.ts";
import type { Aggregate } from "#commands/kernel/aggregate.ts";
import type { Receipt } from "#commands/ports/event-log.ts";

/** The streams of those who claim facts. */
export type Sources = Aggregate<SourceCommand, Known, "KIND_SETTLED">;

/** Facts ask for no long work. */
export const done = <Code extends string>(answer: Receipt | Refusal<Code>): Done | Refusal<Code> =>
  isRefusal(answer) ? answer : { receipt: answer, task: null };
