import { Unavailable } from "#domain/kernel/errors.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Policy } from "#commands/policies/policy.ts";
import {
  allCheckpoints,
  described,
  type Failure,
  heldPosition,
  type Holder,
  makeCheckpoints,
  markStopped,
  moveCheckpoint,
} from "#projections/kernel/checkpoint.ts";
import { keepSeat } from "#projections/kernel/keep.ts";
import { once } from "#projections/kernel/once.ts";
import { backoff, pause } from "#projections/kernel/pause.ts";
import { type Walk, walk } from "#projections/kernel/walk.ts";
import type { Database } from "#projections/ports/sql.ts";
import { answerAll, Unanswered } from "./answer.ts";

export interface PolicyStatus {
  readonly name: string;
  /** Everything up to here has been answered. */
  readonly position: number;
  readonly lag: number;
  /** `waiting`: no process runs it now. */
  readonly state: "running" | "stopped" | "waiting";
  readonly error: string | null;
  readonly failedPosition: number | null;
}

export interface RunningPolicies {
  readonly policies: readonly Policy[];
  readonly log: EventLog;
  readonly database: Database;
  /** Name of this process among the owners; the same again after a restart, or it waits for its own old lease. */
  readonly owner: string;
  /** Events of one policy that are answered at the same time, at most. */
  readonly abreast?: number | undefined;
  /** Told when a policy stops, with the cause; for the process's own log. */
  readonly stopped?: ((name: string, error: string) => void) | undefined;
}

export interface Policies extends AsyncDisposable {
  readonly status: () => Promise<readonly PolicyStatus[]>;
}

/** Keeps every policy at work, each by itself and by one owner across all processes. Resolves on dispose when all are at rest. */
export const runPolicies = (running: RunningPolicies): Policies => {
  const closing = new AbortController();
  const made = once(() => makeCheckpoints(running.database));
  const kept = running.policies.map((policy) => keep(policy, { ...running, made }, closing.signal));
  return {
    status: () => made().then(() => policyStatus(running)),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.all(kept);
    },
  };
};

/** Where every policy stands, wherever it is run. */
export const policyStatus = async ({ policies, log, database }: Pick<RunningPolicies, "policies" | "log" | "database">): Promise<readonly PolicyStatus[]> => {
  const [head, rows] = await Promise.all([log.head(), allCheckpoints(database, "policies")]);
  return policies.map(({ name }) => {
    const { position = 0, state, held, error = null, failedPosition = null } = rows.find((row) => row.name === name) ?? {};
    const shown = state === "stopped" ? state : held === true ? "running" : "waiting";
    return { name, position, lag: Math.max(0, head - position), state: shown, error, failedPosition };
  });
};

const keep = (policy: Policy, running: RunningPolicies & { readonly made: () => Promise<unknown> }, closing: AbortSignal): Promise<void> => {
  const { database, owner, made, stopped } = running;
  const { name } = policy;
  const stop = async (fence: number, failure: Failure) => {
    stopped?.(name, failure.error);
    await markStopped(database, "policies", { name, generation: 0, fence }, failure);
  };
  return keepSeat({ sql: database, kept: "policies", name, owner, generation: 0 }, closing, {
    ready: made,
    work: async (fence, signal) => {
      const holder = { name, generation: 0, fence };
      // A restart tries an event again at which it stopped.
      await markStopped(database, "policies", holder, null);
      const failure = await follow(policy, { ...running, holder }, signal);
      if (failure) await stop(fence, failure);
      while (!signal.aborted) await pause(60_000, signal);
    },
    left: () => undefined,
    failed: (error, fence) => stop(fence, { error: described(error), position: null, event: null }),
  });
};

interface Following extends RunningPolicies {
  readonly holder: Holder;
}

/** Answers the log page by page until the signal aborts; or answers with the event where it had to stop. */
const follow = async (policy: Policy, following: Following, signal: AbortSignal): Promise<Failure | null> => {
  const again = backoff(signal);
  while (!signal.aborted)
    try {
      const position = await heldPosition(following.database, "policies", following.holder);
      await walk(way(policy, { ...following, signal, progressed: again.reset }, position), signal);
    } catch (error) {
      if (error instanceof Unanswered) return { error: described(error.cause), position: error.event.position, event: error.event.id };
      if (!(error instanceof Unavailable)) throw error;
      await again.wait();
    }
  return null;
};

// Small: the checkpoint moves behind each page, and a crash sends the commands of one page again.
const pageLimit = 200;

const way = (
  policy: Policy,
  { log, database, holder, abreast = 16, signal, progressed }: Following & { readonly signal: AbortSignal; readonly progressed: () => void },
  after: number,
): Walk => ({
  log,
  from: { after, types: policy.types, limit: pageLimit },
  work: async ({ events, position }, stored) => {
    const { upTo, unanswered } = await answerAll(policy, events, { abreast, signal });
    const to = unanswered ? upTo : position;
    if (to > stored) await moveCheckpoint(database, "policies", holder, [stored, to]);
    if (unanswered) throw unanswered;
  },
  store: (from, to) => moveCheckpoint(database, "policies", holder, [from, to]),
  moved: () => {
    progressed();
    return false;
  },
});
