import { isRefusal } from "#domain/kernel/decider.ts";
import { tokenStream } from "#domain/access/events.ts";
import type { Commands } from "#commands/commands.ts";
import type { Tokens } from "./tokens.ts";

/** Ends a token for good; ending it twice is ending it once. */
export const revokeToken =
  (tokens: Tokens): Commands["revokeToken"] =>
  async ({ token }, cause) => {
    const receipt = await tokens.handle(tokenStream(token), { type: "RevokeToken" }, cause);
    return isRefusal(receipt) ? receipt : { receipt, task: null };
  };
