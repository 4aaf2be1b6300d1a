import type { Move } from "#projections/ports/announcements.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { bell, pause } from "./pause.ts";

/** How far a read model is for one reader: `stale` where it is not yet as far as was asked. */
export interface Reached {
  readonly position: number;
  readonly stale: boolean;
}

/** How far each read model is, as this process knows. */
export interface Progress {
  /** Resolves when the read model has reached the position, and at the latest after the timeout. Costs nothing when it has already. */
  readonly reached: (name: string, position: number, timeoutMs: number) => Promise<Reached>;
  readonly position: (name: string) => number;
  readonly generation: (name: string) => number;
}

/** What this process itself does to a read model: known here at once, while other processes find it in the table. */
export interface Moves {
  readonly moved: (name: string, generation: number, position: number) => void;
  readonly stopped: (name: string) => void;
  /** This process runs it no longer. */
  readonly left: (name: string) => void;
}

/** What other processes tell about read models that they run. */
export interface Hearing {
  readonly heard: (move: Move) => void;
}

interface Known {
  position: number;
  generation: number;
  /** It will not get further by itself, so that nobody waits. */
  stopped: boolean;
  /** This process runs it and knows better than the table. */
  here: boolean;
  /** The furthest that was heard of: the table may not have it yet. */
  heard: { readonly position: number; readonly at: number };
  readonly waiting: Set<{ readonly position: number; readonly wake: () => void }>;
}

const set = (model: Known, state: Pick<Known, "position" | "generation" | "stopped" | "here">): void => {
  Object.assign(model, state);
  for (const waiter of model.waiting) if (model.stopped || waiter.position <= model.position) waiter.wake();
};

const idlePollMs = 1000;
const waitingPollMs = 20;
/** How long what was heard counts for more than the table, which follows sooner. */
const believedMs = 1000;

export const trackProgress = (names: readonly string[], read: () => Promise<readonly Checkpoint[]>, signal: AbortSignal): Progress & Moves & Hearing => {
  const all = new Map(names.map((name): [string, Known] => [name, unknown()]));
  const asked = bell();

  const known = (name: string): Known => {
    const found = all.get(name);
    if (!found) throw new Error(`there is no read model ${JSON.stringify(name)}`);
    return found;
  };

  const reached: Progress["reached"] = async (name, position, timeoutMs) => {
    const model = known(name);
    if (model.position < position && !model.stopped && timeoutMs > 0) await waitFor(model, position, timeoutMs);
    return { position: model.position, stale: model.position < position };
  };

  const waitFor = (model: Known, position: number, timeoutMs: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = () => {
        model.waiting.delete(waiter);
        clearTimeout(timer);
        resolve();
      };
      const waiter = { position, wake };
      const timer = setTimeout(wake, timeoutMs);
      model.waiting.add(waiter);
      if (!model.here) asked.ring();
    });

  const poll = async (): Promise<void> => {
    const rows = await read().catch((): readonly Checkpoint[] => []);
    for (const { name, generation, position, state } of rows) {
      const model = all.get(name);
      if (model && !model.here) set(model, { generation, position: Math.max(position, believed(model, generation)), stopped: state === "stopped", here: false });
    }
  };

  const heard: Hearing["heard"] = ({ name, generation, position }) => {
    const model = all.get(name);
    // Of tables that this process knows of: others may want other events.
    if (!model || model.here || model.generation !== generation || position <= model.position) return;
    model.heard = { position, at: Date.now() };
    set(model, { generation, position, stopped: false, here: false });
  };

  const polling = async (): Promise<void> => {
    while (!signal.aborted) {
      const ringing = asked.signal();
      await poll();
      const waiting = [...all.values()].some(({ here, waiting }) => !here && waiting.size > 0);
      await pause(waiting ? waitingPollMs : idlePollMs, AbortSignal.any([signal, ringing]));
    }
  };
  void polling();

  return {
    reached,
    heard,
    position: (name) => known(name).position,
    generation: (name) => known(name).generation,
    moved: (name, generation, position) => set(known(name), { generation, position, stopped: false, here: true }),
    stopped: (name) => set(known(name), { ...known(name), stopped: true }),
    left: (name) => {
      known(name).here = false;
    },
  };
};

const unknown = (): Known => ({ position: 0, generation: 0, stopped: false, here: false, heard: { position: 0, at: 0 }, waiting: new Set() });

const believed = ({ heard, generation }: Known, stored: number): number =>
  generation === stored && stored > 0 && Date.now() - heard.at < believedMs ? heard.position : 0;
