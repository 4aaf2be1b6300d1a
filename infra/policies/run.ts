import { Unavailable } from "#domain/kernel/errors.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Leases } from "#commands/ports/leases.ts";
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
import { backoff } from "#projections/kernel/pause.ts";
import { seatName } from "#projections/kernel/seat.ts";
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
  readonly leases: Leases;
  /** Name of this process among the owners; no other that is alive has it. */
  readonly owner: string;
  /** Events of one policy that are answered at the same time, at most. */
  readonly abreast?: number | undefined;
  /** How long a policy rests at an event that it cannot answer: at first, and after several tries. */
  readonly restMs?: readonly [first: number, most: number] | undefined;
  /** Told whenever a policy stops, with the cause; for the process's own log. */
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
export const policyStatus = async ({
  policies,
  log,
  database,
  leases,
}: Pick<RunningPolicies, "policies" | "log" | "database" | "leases">): Promise<readonly PolicyStatus[]> => {
  const seats = policies.map(({ name }) => seatName("policies", name));
  const [head, rows, held] = await Promise.all([log.head(), allCheckpoints(database, "policies"), leases.held(seats)]);
  return policies.map(({ name }) => {
    const { position = 0, state, error = null, failedPosition = null } = rows.find((row) => row.name === name) ?? {};
    const shown = state === "stopped" ? state : held.has(seatName("policies", name)) ? "running" : "waiting";
    return { name, position, lag: Math.max(0, head - position), state: shown, error, failedPosition };
  });
};

const keep = (policy: Policy, running: RunningPolicies & { readonly made: () => Promise<unknown> }, closing: AbortSignal): Promise<void> => {
  const { database, leases, owner, made, stopped, restMs: [first, most] = defaultRestMs } = running;
  const { name } = policy;
  const stop = async (fence: number, failure: Failure) => {
    stopped?.(name, failure.error);
    await markStopped(database, "policies", { name, generation: 0, fence }, failure);
  };
  return keepSeat({ sql: database, leases, kept: "policies", name, owner, generation: 0 }, closing, {
    ready: made,
    work: async (fence, signal) => {
      const following = { ...running, holder: { name, generation: 0, fence } };
      await markStopped(database, "policies", following.holder, null);
      // Another try at an event where it stopped may succeed: what is at fault is often not the event.
      const rest = backoff(signal, [first, most]);
      while (!signal.aborted) {
        const failure = await follow(policy, { ...following, progressed: rest.reset }, signal);
        if (failure) await stop(fence, failure);
        await rest.wait();
      }
    },
    left: () => undefined,
    failed: (error, fence) => stop(fence, { error: described(error), position: null, event: null }),
  });
};

const defaultRestMs = [1000, 300_000] as const;

interface Following extends RunningPolicies {
  readonly holder: Holder;
  readonly progressed: () => void;
}

/** Answers the log page by page until the signal aborts; or answers with the event where it had to stop. */
const follow = async (policy: Policy, following: Following, signal: AbortSignal): Promise<Failure | null> => {
  const again = backoff(signal);
  while (!signal.aborted)
    try {
      const position = await heldPosition(following.database, "policies", following.holder);
      const progressed = () => {
        again.reset();
        following.progressed();
      };
      await walk(way(policy, { ...following, signal, progressed }, position), signal);
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
  { log, database, holder, abreast = 16, signal, progressed }: Following & { readonly signal: AbortSignal },
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
