import { z } from "zod";
import type { Receipt } from "#commands/ports/event-log.ts";

/** A writer is about to ask: written before anything is sent, so that a writer who is killed leaves it behind. */
const Asked = z.object({
  type: z.literal("asked"),
  by: z.string(),
  at: z.number(),
  commandId: z.string(),
  /** Unique word in the data of each of the command's events; null where the command has no room for one. */
  marker: z.string().nullable(),
  /** How many events it leaves if it is carried out. */
  events: z.int(),
  /** The stream that it is for and the exact revision that it expects; null where the API decides that. */
  exact: z.object({ stream: z.string(), revision: z.int() }).nullable(),
});

const Acknowledged = z.object({
  type: z.literal("acknowledged"),
  commandId: z.string(),
  at: z.number(),
  /** How often it was sent. */
  tries: z.int(),
  stream: z.string(),
  revision: z.int(),
  position: z.int(),
  eventIds: z.array(z.string()),
  replayed: z.boolean(),
});

/** A certain no: nothing of the command may ever be in the log. */
const Refused = z.object({ type: z.literal("refused"), commandId: z.string(), at: z.number(), code: z.string() });

/** A try that failed; whether the command was carried out is not known from it. */
const Failed = z.object({ type: z.literal("failed"), commandId: z.string(), at: z.number(), code: z.string() });

/** A reader got this event, in this order. */
const Saw = z.object({
  type: z.literal("saw"),
  by: z.string(),
  position: z.int(),
  id: z.string(),
  stream: z.string(),
  revision: z.int(),
});

/** What writers and readers write down, one JSON line each. */
export const Entry = z.discriminatedUnion("type", [Asked, Acknowledged, Refused, Failed, Saw]);
export type Entry = z.infer<typeof Entry>;

export type Outcome =
  | { readonly kind: "acknowledged"; readonly at: number; readonly tries: number; readonly receipt: Receipt }
  | { readonly kind: "refused"; readonly at: number; readonly code: string }
  /** It may have been carried out, once. */
  | { readonly kind: "unknown" };

export interface Attempt extends Omit<z.infer<typeof Asked>, "type"> {
  readonly outcome: Outcome;
}

export type Seen = Omit<z.infer<typeof Saw>, "type" | "by">;

export interface History {
  readonly attempts: readonly Attempt[];
  /** What each reader saw, in its order. */
  readonly readers: ReadonlyMap<string, readonly Seen[]>;
}

/** Puts the lines of all writers and readers together. The lines of one process are in their order. */
export const historyOf = (entries: readonly Entry[]): History => {
  const attempts = new Map<string, Attempt>();
  const readers = new Map<string, Seen[]>();
  for (const entry of entries)
    if (entry.type === "asked") attempts.set(entry.commandId, { ...entry, outcome: { kind: "unknown" } });
    else if (entry.type === "saw") seenBy(readers, entry.by).push(entry);
    else {
      const attempt = attempts.get(entry.commandId);
      const outcome = outcomeOf(entry);
      if (attempt && outcome) attempts.set(entry.commandId, { ...attempt, outcome });
    }
  return { attempts: [...attempts.values()], readers };
};

const seenBy = (readers: Map<string, Seen[]>, by: string): Seen[] => {
  const seen = readers.get(by) ?? [];
  readers.set(by, seen);
  return seen;
};

const outcomeOf = (entry: Exclude<Entry, { type: "asked" | "saw" }>): Outcome | null => {
  if (entry.type === "failed") return null;
  if (entry.type === "refused") return { kind: "refused", at: entry.at, code: entry.code };
  const { stream, revision, position, eventIds, replayed, at, tries } = entry;
  return { kind: "acknowledged", at, tries, receipt: { stream, revision, position, eventIds, replayed } };
};
