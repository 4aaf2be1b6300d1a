import { z } from "zod";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { Progress } from "#api/cli/progress.ts";
import type { Session } from "#api/cli/session.ts";

const Digest = z.object({ rows: z.number(), digest: z.string() });
const Value = z.string().nullable();

const Row = z.object({
  change: z.enum(["added", "removed", "changed"]),
  key: z.record(z.string(), Value),
  columns: z.record(z.string(), z.object({ replayed: Value, found: Value })),
});
export type DifferingRow = z.infer<typeof Row>;

const Table = z.object({
  table: z.string(),
  replayed: Digest.nullable(),
  found: Digest.nullable(),
  unlike: z.array(z.string()),
  added: z.number(),
  removed: z.number(),
  changed: z.number(),
  rows: z.array(Row),
});
export type ReplayedTable = z.infer<typeof Table>;

const Replayed = z.object({
  name: z.string(),
  generation: z.number(),
  position: z.number(),
  digest: z.string(),
  tables: z.array(Table),
  against: z.object({ schema: z.string(), generation: z.number(), position: z.number(), digest: z.string() }).nullable(),
  same: z.boolean().nullable(),
  failure: z.object({ error: z.string(), position: z.number().nullable(), event: z.string().nullable() }).nullable(),
});
export type Replayed = z.infer<typeof Replayed>;

const Line = z.union([
  z.object({ progress: z.object({ position: z.number(), to: z.number(), events: z.number() }) }),
  z.object({ replayed: Replayed }),
  z.object({ end: z.literal(true) }),
]);

export interface ReplayWanted {
  /** All where there are none. */
  readonly names: readonly string[];
  readonly at?: number | undefined;
  readonly against?: string | undefined;
  readonly rows?: number | undefined;
}

/** Has the server replay read models, unless the signal ends it; shows how far it is. */
export const replayed = async (session: Session, { names, at, against, rows }: ReplayWanted, signal?: AbortSignal): Promise<readonly Replayed[]> => {
  const asked = Object.entries({ name: names.join(","), at, against, rows }).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, String(value)]]));
  const found: Replayed[] = [];
  let progress: Progress | null = null;
  let done = 0;
  try {
    for await (const text of session.client.lines(`audit/replay?${new URLSearchParams(asked).toString()}`, signal)) {
      const line = Line.parse(JSON.parse(text));
      if ("end" in line) return found;
      if ("replayed" in line) found.push(line.replayed);
      else {
        const { position, to } = line.progress;
        progress ??= new Progress(session.output, `replaying ${names.length === 1 ? names[0] : "read models"}`, to);
        progress.advance(position - done);
        done = position;
      }
    }
  } finally {
    progress?.[Symbol.dispose]();
  }
  throw new CliError(exitCodes.unavailable, "the replay broke off in the middle", { hint: "try again; what went wrong is in the server's log" });
};
