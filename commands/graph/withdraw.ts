import { sourceStream } from "#domain/graph/events.ts";
import type { Commands } from "#commands/commands.ts";
import { done, type Sources } from "./sources.ts";

/** A source takes back what it said of nodes and links; what it never said leaves no event. */
export const withdraw =
  (sources: Sources): Commands["withdraw"] =>
  async (input, cause) =>
    done(await sources.handle(sourceStream(input.source), { type: "Withdraw", ...input }, cause));
