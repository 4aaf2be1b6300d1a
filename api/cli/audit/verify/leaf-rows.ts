import { z } from "zod";
import type { Session } from "#api/cli/session.ts";
import type { LeafRow } from "#api/cli/audit/ledger-tiles.ts";
import { unbroken } from "#api/cli/audit/unbroken.ts";

const Extent = z.object({ size: z.number(), leaves: z.number(), tiles: z.array(z.tuple([z.int().min(0).max(32_767), z.number()])) });
/** What the ledger's tables held when all was told. */
export type Extent = z.infer<typeof Extent>;

const Line = z.union([z.tuple([z.number(), z.number(), z.string()]), z.object({ end: Extent })]);

export interface LeafRows {
  /** The row that comes next, in the order of their indexes; null behind the last. */
  readonly peek: () => Promise<LeafRow | null>;
  /** The same without waiting: also null where it has not come yet. */
  readonly here: () => LeafRow | null;
  readonly pass: () => void;
  /** Null until all were read. */
  readonly extent: () => Extent | null;
  readonly close: () => Promise<void>;
}

/** What the server's table `leaves` says, row by row. */
export const leafRows = (session: Session): LeafRows => {
  let from = 0;
  let extent: Extent | null = null;
  const read = (lines: readonly string[]) => {
    const items: LeafRow[] = [];
    for (const text of lines) {
      const line = lineOf(text);
      if ("end" in line) extent = line.end;
      else items.push(line);
    }
    from = (items.at(-1)?.index ?? from - 1) + 1;
    return { items, ended: extent !== null };
  };
  const batches = unbroken(session, { name: "the ledger's table", address: () => `ledger/leaves?from=${from}`, read });
  let buffer: readonly LeafRow[] = [];
  let first = 0;
  const here = () => buffer[first] ?? null;
  return {
    here,
    peek: async () => {
      while (first >= buffer.length) {
        const next = await batches.next();
        if (next.done === true) return null;
        [buffer, first] = [next.value, 0];
      }
      return here();
    },
    pass: () => void first++,
    extent: () => extent,
    close: async () => void (await batches.return(undefined)),
  };
};

/** There may be millions of lines: the form of nearly all of them is asked by hand. */
const lineOf = (text: string): LeafRow | { readonly end: Extent } => {
  const line: unknown = JSON.parse(text);
  if (isRow(line)) return { index: line[0], position: line[1], id: line[2] };
  const checked = Line.parse(line);
  return "end" in checked ? checked : { index: checked[0], position: checked[1], id: checked[2] };
};

const isRow = (line: unknown): line is readonly [number, number, string] =>
  Array.isArray(line) && line.length === 3 && typeof line[0] === "number" && typeof line[1] === "number" && typeof line[2] === "string";
