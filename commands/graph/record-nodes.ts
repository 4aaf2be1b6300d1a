import { sourceStream } from "#domain/graph/events.ts";
import type { Commands } from "#commands/commands.ts";
import { done, type Sources } from "./sources.ts";

/** Records what a source says of nodes; what it has already said leaves no event. */
export const recordNodes =
  (sources: Sources): Commands["recordNodes"] =>
  async (input, cause) =>
    done(await sources.handle(sourceStream(input.source), { type: "RecordNodes", ...input }, cause));
