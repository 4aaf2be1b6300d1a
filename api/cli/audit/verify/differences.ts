import { type Hash, hashBytes } from "#domain/audit/merkle.ts";
import { tileWidth } from "#domain/audit/tiles.ts";
import type { LeafRow } from "#api/cli/audit/ledger-tiles.ts";
import type { LogLeaf } from "#api/cli/audit/log-leaves.ts";

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
  /** The hashes of the leaves of a tile, one behind the other. */
  readonly tileAt: (tile: number) => Promise<Buffer>;
  readonly leafAt: (index: number) => Promise<LeafRow | null>;
}

/** Told of each leaf in passing. */
export interface Passing {
  /** The next leaf of both, where they are the same. */
  readonly ofBoth: (leaf: LogLeaf) => void;
  readonly ofTree: (hash: Hash) => void;
  readonly ofLog: (leaf: LogLeaf) => void;
  /** Waited for where the leaves of another tile begin. */
  readonly between: () => Promise<void>;
}

/** How far ahead one looks for an event that is not where it was. */
const window = 300;

/**
 * Reads the log beside the tree and tells where they differ. While the hashes are equal, the tree is not asked which events its leaves
 * are; where they are not, events are told by their ids.
 */
export async function* differences(log: AsyncIterable<readonly LogLeaf[]>, tree: Hashed, pass: Passing): AsyncGenerator<Difference> {
  const ahead = lookahead(log);
  const displaced = new Set<string>();
  let index = 0;
  const takeLog = async () => {
    const leaf = await ahead.take();
    if (leaf) pass.ofLog(leaf);
  };
  const takeTree = async () => {
    const hashes = await tree.tileAt(Math.floor(index / tileWidth));
    const at = (index++ % tileWidth) * hashBytes;
    pass.ofTree(hashes.subarray(at, at + hashBytes));
  };
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
      continue;
    }
    const tile = Math.floor(index / tileWidth);
    const hashes = await tree.tileAt(tile);
    const last = Math.min(tree.size, (tile + 1) * tileWidth);
    await pass.between();
    // Without a turn of the event loop for each of a million.
    let leaf = ahead.here();
    for (; leaf && index < last && leaf.hash.compare(hashes, (index % tileWidth) * hashBytes, (index % tileWidth + 1) * hashBytes) === 0; leaf = ahead.here()) {
      pass.ofBoth(leaf);
      ahead.pass();
      index += 1;
    }
    if (leaf && index < last) yield* strange(leaf);
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

const lookahead = (log: AsyncIterable<readonly LogLeaf[]>) => {
  const iterator = log[Symbol.asyncIterator]();
  let buffer: LogLeaf[] = [];
  let first = 0;
  const peek = async (at: number): Promise<LogLeaf | undefined> => {
    while (buffer.length - first <= at) {
      const next = await iterator.next();
      if (next.done === true) return undefined;
      buffer = [...buffer.slice(first), ...next.value];
      first = 0;
    }
    return buffer[first + at];
  };
  return {
    peek,
    /** The next one, where it has come. */
    here: (): LogLeaf | undefined => buffer[first],
    pass: (): void => void first++,
    take: async () => {
      const leaf = await peek(0);
      if (leaf) first++;
      return leaf;
    },
    /** How far ahead the event with this id is; 0 where it is not. */
    find: (id: string, _window: number) => find(async (at) => (await peek(at))?.id ?? null, id),
  };
};
