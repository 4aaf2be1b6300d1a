import type { Hash } from "#domain/audit/merkle.ts";
import type { LeafRow } from "./ledger-tiles.ts";
import type { LogLeaf } from "./log-leaves.ts";

/** `moved`: the same event at another position, since something before it was put in or taken out. */
export type Kind = "changed" | "missing" | "inserted" | "out of order" | "replaced" | "moved";

/** One place in which the log is not what was hashed. */
export interface Difference {
  readonly kind: Kind;
  readonly position: number;
  readonly id: string;
  /** Of the leaf in the tree; null for what was put in. */
  readonly index: number | null;
}

export interface Hashed {
  readonly size: number;
  readonly hashAt: (index: number) => Promise<Hash>;
  readonly leafAt: (index: number) => Promise<LeafRow | null>;
}

/** Told of each leaf in passing. */
export interface Passing {
  readonly ofTree: (hash: Hash) => void;
  readonly ofLog: (leaf: LogLeaf) => void;
}

/** How far ahead one looks for an event that is not where it was. */
const window = 300;

/**
 * Reads the log beside the tree and tells where they differ. While the hashes are equal, the tree is not asked which events its leaves
 * are; where they are not, events are told by their ids.
 */
export async function* differences(log: AsyncIterable<LogLeaf>, tree: Hashed, pass: Passing): AsyncGenerator<Difference> {
  const ahead = lookahead(log);
  const displaced = new Set<string>();
  let index = 0;
  const takeLog = async () => {
    const leaf = await ahead.take();
    if (leaf) pass.ofLog(leaf);
  };
  const takeTree = async () => pass.ofTree(await tree.hashAt(index++));
  const leafHere = async (at: number): Promise<LeafRow> => (await tree.leafAt(at)) ?? { index: at, position: 0, id: "?" };

  const strange = async function* (here: LogLeaf): AsyncGenerator<Difference> {
    const leaf = await leafHere(index);
    const of = (kind: Kind): Difference => ({ kind, position: here.position, id: here.id, index });
    const same = leaf.id === here.id;
    const later = same ? 0 : await ahead.find(leaf.id, window);
    const earlier = same ? 0 : await find(async (at) => (index + at < tree.size ? (await leafHere(index + at)).id : null), here.id);
    if (later > 0 && earlier === 0 && !displaced.has(here.id)) {
      for (let count = later; count > 0; count--) {
        const put = await ahead.peek(0);
        if (put) yield { kind: "inserted", position: put.position, id: put.id, index: null };
        await takeLog();
      }
      return;
    }
    if (earlier > 0 && later === 0)
      for (let count = earlier; count > 0; count--) {
        const gone = await leafHere(index);
        if (!displaced.has(gone.id)) yield { kind: "missing", position: gone.position, id: gone.id, index };
        await takeTree();
      }
    else {
      if (later > 0) displaced.add(leaf.id);
      yield same ? of(leaf.position === here.position ? "changed" : "moved") : of(later > 0 || displaced.has(here.id) ? "out of order" : "replaced");
      await takeLog();
      await takeTree();
    }
  };

  while (index < tree.size) {
    const here = await ahead.peek(0);
    if (!here) {
      const gone = await leafHere(index);
      yield { kind: "missing", position: gone.position, id: gone.id, index };
      await takeTree();
    } else if (here.hash.equals(await tree.hashAt(index))) {
      await takeLog();
      await takeTree();
    } else yield* strange(here);
  }
  for (let rest = await ahead.take(); rest; rest = await ahead.take()) {
    pass.ofLog(rest);
    yield { kind: "inserted", position: rest.position, id: rest.id, index: null };
  }
}

const find = async (idAt: (at: number) => Promise<string | null>, id: string): Promise<number> => {
  for (let at = 1; at <= window; at++) {
    const found = await idAt(at);
    if (found === null) return 0;
    if (found === id) return at;
  }
  return 0;
};

const lookahead = (log: AsyncIterable<LogLeaf>) => {
  const iterator = log[Symbol.asyncIterator]();
  const buffer: LogLeaf[] = [];
  const peek = async (at: number): Promise<LogLeaf | undefined> => {
    while (buffer.length <= at) {
      const next = await iterator.next();
      if (next.done === true) return undefined;
      buffer.push(next.value);
    }
    return buffer[at];
  };
  return {
    peek,
    take: async () => {
      await peek(0);
      return buffer.shift();
    },
    /** How far ahead the event with this id is; 0 where it is not. */
    find: (id: string, _window: number) => find(async (at) => (await peek(at))?.id ?? null, id),
  };
};
