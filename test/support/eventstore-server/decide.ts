import type { Proposed, StoredRecord } from "./record.ts";

export type Expectation = bigint | "any" | "no_stream" | "stream_exists";

export type Decision =
  | { readonly kind: "append" }
  /** It was here before: this was its last event. */
  | { readonly kind: "idempotent"; readonly last: StoredRecord }
  | { readonly kind: "wrong version"; readonly current: number }
  | { readonly kind: "corrupted idempotency" };

/**
 * What becomes of an append, as KurrentDB's `IndexWriter.CheckCommit` decides it. An exact expectation that lies behind the stream's end is compared
 * with what is stored there (strong idempotency). `any` and `stream_exists` only know the events of `recent`, which a restart empties (weak).
 */
export const decide = (
  stream: readonly StoredRecord[],
  expected: Expectation,
  events: readonly Proposed[],
  recent: ReadonlyMap<string, StoredRecord>,
): Decision => {
  const current = stream.length - 1;
  if (expected === "any" || expected === "stream_exists") {
    const known = events.map(({ id }) => recent.get(id)).filter((record) => record !== undefined && record.stream === stream[0]?.stream);
    const last = known.at(-1);
    if (last && known.length === events.length) return { kind: "idempotent", last };
    if (known.length > 0) return { kind: "corrupted idempotency" };
    return expected === "any" || current >= 0 ? { kind: "append" } : { kind: "wrong version", current };
  }
  const exact = expected === "no_stream" ? -1 : Number(expected);
  if (exact === current) return { kind: "append" };
  if (exact > current) return { kind: "wrong version", current };
  const stored = stream.slice(exact + 1, exact + 1 + events.length);
  if (stored[0]?.id !== events[0]?.id) return { kind: "wrong version", current };
  const last = stored.at(-1);
  return last && stored.length === events.length && stored.every(({ id }, index) => id === events[index]?.id)
    ? { kind: "idempotent", last }
    : { kind: "corrupted idempotency" };
};
