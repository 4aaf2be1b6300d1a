import { type Random, randomOf } from "./random.ts";

/** What a fault does. `isolate` cuts one process off from one server; the last four are weathers of the line to it. */
export type Deed = "kill" | "pause" | "isolate" | "cut" | "silent" | "half-open" | "slow";

/** Who is hit: one of the processes of a role, the process that runs a projection, one server of a group. */
export type Victim = "api" | "projector" | "worker" | "deliverer" | "holder" | "writer" | "reader" | "postgres" | "redis" | "kafka" | "eventstoredb";

export interface Fault {
  /** Milliseconds from the beginning. */
  readonly at: number;
  /** How long it lasts: of a kill, until it is started again. */
  readonly ms: number;
  readonly deed: Deed;
  readonly victim: Victim;
  /** Chooses among several, from 0 to 1. */
  readonly which: number;
}

const lasting: Readonly<Record<Deed, readonly [number, number]>> = {
  kill: [200, 2500],
  pause: [1000, 8000],
  isolate: [1000, 6000],
  cut: [500, 4000],
  silent: [1000, 6000],
  "half-open": [1000, 6000],
  slow: [1000, 4000],
};

type Kind = readonly [Deed, Victim];

const ofProcesses: readonly Kind[] = [
  ["kill", "api"], ["pause", "api"], ["isolate", "api"], ["kill", "projector"], ["pause", "projector"], ["isolate", "projector"],
  ["kill", "worker"], ["pause", "worker"], ["isolate", "worker"], ["kill", "holder"], ["pause", "holder"], ["isolate", "holder"],
  ["kill", "deliverer"], ["pause", "deliverer"], ["kill", "writer"], ["pause", "writer"], ["isolate", "writer"], ["kill", "reader"],
];

const ofServers: readonly Deed[] = ["kill", "pause", "cut", "silent", "half-open", "slow"];

/**
 * The faults of a run, the same for the same seed: processes and servers each in a lane of their own, one after the other, so that at
 * most one server is away at a time. Every kind comes before one comes again.
 */
export const planOf = (seed: number, seconds: number, groups: readonly Victim[]): readonly Fault[] => {
  const servers = groups.flatMap((victim) => ofServers.map((deed): Kind => [deed, victim]));
  const lanes = [ofProcesses, servers].map((kinds, index) => lane(randomOf(seed * 2 + index), seconds * 1000, kinds));
  return lanes.flat().toSorted((a, b) => a.at - b.at);
};

/** The last fault has healed before the end. */
const lane = (random: Random, ms: number, kinds: readonly Kind[]): Fault[] => {
  const faults: Fault[] = [];
  let deck: Kind[] = [];
  // A short run has short faults, so that it has several.
  const most = ms / 5;
  for (let at = random.whole(500, 1500); ; ) {
    if (deck.length === 0) deck = random.shuffled(kinds);
    const [deed, victim] = deck.pop() ?? random.pick(kinds);
    const [least, longest] = lasting[deed];
    const lasts = Math.round(Math.min(most, random.whole(least, longest)));
    if (at + lasts > ms) return faults;
    faults.push({ at, ms: lasts, deed, victim, which: random.next() });
    at += lasts + random.whole(1500, 3000);
  }
};
