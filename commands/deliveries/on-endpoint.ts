import { isRefusal, type Refusal } from "#domain/kernel/decider.ts";
import type { Done } from "#commands/commands.ts";
import type { Receipt } from "#commands/ports/event-log.ts";

/** The answer of a command that asks for no long work. */
export const onEndpoint = async <Code extends string>(handled: Promise<Receipt | Refusal<Code>>): Promise<Done | Refusal<Code>> => {
  const receipt = await handled;
  return isRefusal(receipt) ? receipt : { receipt, task: null };
};
