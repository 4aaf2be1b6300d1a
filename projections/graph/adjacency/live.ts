import { Unavailable } from "#domain/kernel/errors.ts";
import { backoff, pause } from "#projections/kernel/pause.ts";
import { type Adjacency, adjacencyOf, bring, isLaden, merged } from "./adjacency.ts";
import { bytesFor, sizeOf } from "./budget.ts";
import { joined } from "./edges.ts";
import { gently } from "./gently.ts";
import { type Keys, noKeys, take } from "./keys.ts";
import type { LinkRows, Standing } from "./link-rows.ts";

/** The graph in memory, as far as it is. */
export interface InMemory {
  readonly graph: Adjacency;
  /** Everything up to here is in it. */
  readonly position: number;
}

/** … and the keys of its nodes. */
export interface NamedInMemory extends InMemory {
  readonly keys: Keys;
}

export interface Live extends AsyncDisposable {
  /** Null while it is being loaded, and where it does not fit. */
  readonly now: () => NamedInMemory | null;
  /** Looks what has changed, where it is loaded; one look at a time. Never rejects. */
  readonly look: () => Promise<void>;
}

export interface Living {
  readonly rows: LinkRows;
  /** How far the read model is known to be; its tables say so later, where nothing happened to them. */
  readonly known: () => number;
  /** What it may take, at most. */
  readonly bytes: number;
  /** It was loaded; or it has become, or would be, too big. */
  readonly told: (what: { readonly loaded: boolean; readonly links: number; readonly milliseconds: number }) => void;
  /** A defect: it is loaded anew, later. */
  readonly failed: (error: unknown) => void;
}

interface Loaded extends NamedInMemory {
  readonly standing: Standing;
}

/** Between two looks where nobody asks, so that the next who does finds little to do. */
const idleMs = 1000;
/** Until a graph that was too big is counted again. */
const tooBigMs = 60_000;

/** Loads the graph and keeps it up with the tables, which it only reads: what they do not show it does not, either. */
export const keepInMemory = (living: Living): Live => {
  const closing = new AbortController();
  const again = backoff(closing.signal, [50, 5000]);
  let loaded: Loaded | null = null;
  let looking: Promise<void> | undefined;

  const lookOnce = async (): Promise<void> => {
    const known = living.known();
    if (!loaded) return;
    const { graph, keys, standing } = loaded;
    const news = await living.rows.since(standing);
    if (!news) return void (loaded = null);
    const { changes, keys: more, ...now } = news;
    await gently(take(keys, more, now.nodes));
    await gently(bring(graph, changes, now));
    loaded = { graph, keys, standing: now, position: Math.max(now.position, known) };
    if (isLaden(graph)) loaded = { ...loaded, graph: await gently(merged(graph)) };
    if (tooBig(loaded, living)) loaded = null;
  };

  const failed = (error: unknown): void => {
    // Of what is away for now the state before is as good as it was.
    if (error instanceof Unavailable) return;
    loaded = null;
    living.failed(error);
  };

  const look = () => (looking ??= lookOnce().catch(failed).finally(() => (looking = undefined)));

  const keeping = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      if (loaded) await look();
      else {
        const answer = await load(living).catch(failed);
        if (answer === "too big") await pause(tooBigMs, closing.signal);
        else if (answer) loaded = answer;
        else await again.wait();
      }
      if (loaded) {
        again.reset();
        await pause(idleMs, closing.signal);
      }
    }
  };
  const kept = keeping();
  const dispose = async () => {
    closing.abort();
    await Promise.all([kept, looking]);
  };
  return { now: () => loaded, look, [Symbol.asyncDispose]: dispose };
};

const load = async (living: Living): Promise<Loaded | "too big"> => {
  const began = performance.now();
  const count = await living.rows.count();
  if (bytesFor(count) > living.bytes) return refused(living, count.links);
  const { batches, keys: rows, ...standing } = await living.rows.all();
  const graph = await gently(adjacencyOf(joined(batches), standing.nodes, standing.position));
  const keys = noKeys();
  await gently(take(keys, rows, standing.nodes));
  if (tooBig({ graph, keys }, living)) return "too big";
  living.told({ loaded: true, links: graph.rows.count, milliseconds: performance.now() - began });
  return { graph, keys, standing, position: standing.position };
};

const tooBig = (held: Pick<Loaded, "graph" | "keys">, living: Living): boolean => {
  const size = sizeOf(held);
  if (bytesFor(size) <= living.bytes) return false;
  refused(living, size.links);
  return true;
};

const refused = ({ told }: Living, links: number): "too big" => {
  told({ loaded: false, links, milliseconds: 0 });
  return "too big";
};
