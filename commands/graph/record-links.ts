import { sourceStream } from "#domain/graph/events.ts";
import type { Commands } from "#commands/commands.ts";
import { done, type Sources } from "./sources.ts";

/** Records what a source says of links; what it has already said leaves no event. */
export const recordLinks =
  (sources: Sources): Commands["recordLinks"] =>
  async (input, cause) =>
    done(await sources.handle(sourceStream(input.source), { type: "RecordLinks", ...input }, cause));
