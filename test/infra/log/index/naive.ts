import fc from "fast-check";
import { newId } from "#commands/kernel/command-id.ts";
import type { Receipt } from "#commands/ports/event-log.ts";
import type { Indexed, Place, PlaceRange, Wanted } from "#infra/log/index/log-index.ts";

/** Appends of a log: which of a few streams, how many events, and how far positions jump before it. */
export const appends = fc.array(
  fc.record({ stream: fc.nat(4), size: fc.integer({ min: 1, max: 5 }), gap: fc.integer({ min: 1, max: 3 }), uuid: fc.boolean() }),
  { minLength: 1, maxLength: 40 },
);
export type Appends = typeof appends extends fc.Arbitrary<infer Value> ? Value : never;

export const streamNames = ["s-0", "s-1", "s-2", "S-2", "s ä"];

/** The log that they make. */
export const logOf = (appends: Appends): readonly Indexed[] => {
  const revisions = new Map<string, number>();
  let position = 0;
  return appends.flatMap(({ stream, size, gap, uuid }) => {
    position += gap - 1;
    const name = streamNames[stream] ?? "";
    const commandId = uuid ? newId() : `command ${newId()}`;
    return Array.from({ length: size }, () => {
      const revision = (revisions.get(name) ?? -1) + 1;
      revisions.set(name, revision);
      return { position: ++position, stream: name, revision, id: newId(), commandId };
    });
  });
};

/** What is known as of a position, by looking at every event. */
export const naively = (log: readonly Indexed[], position: number, { commandIds, streams }: Wanted) => {
  const events = log.filter((event) => event.position <= position);
  const receipts = new Map<string, Receipt>();
  for (const commandId of commandIds) {
    const own = events.filter((event) => event.commandId === commandId);
    const last = own.at(-1);
    if (last) receipts.set(commandId, { position: last.position, stream: last.stream, revision: last.revision, eventIds: own.map(({ id }) => id), replayed: true });
  }
  const revisions = new Map<string, number>();
  for (const { stream, revision } of events) if (streams.includes(stream)) revisions.set(stream, revision);
  return { position, receipts, revisions };
};

export const placesNaively = (log: readonly Indexed[], upTo: number, stream: string, { after, limit }: PlaceRange): Place[] =>
  log.flatMap(({ position, revision, ...event }) => (event.stream === stream && position <= upTo && revision > after ? [{ revision, position }] : [])).slice(0, limit);

/** Everything that one can ask of a log, and of one that it is not. */
export const everythingOf = (log: readonly Indexed[]): Wanted => ({
  commandIds: [...new Set(log.map(({ commandId }) => commandId)), newId(), "nobody's"],
  streams: [...streamNames, "nobody's"],
});
