import { type Bell, bell } from "#infra/log/bell.ts";
import type { Tail } from "#infra/log/index/tail.ts";
import { type Arbiter, arbiter, OwnershipLost } from "./arbiter.ts";
import type { Appends } from "./appends.ts";
import type { KafkaServer } from "./client.ts";
import { takeFence } from "./fence.ts";
import { type HeldLease, holdLease, type LeaseOptions } from "./lease.ts";
import { type AppendRequest, outcomeOf, pieces, ToOwner, type ToNodes } from "./messages.ts";
import { openEar } from "./talk.ts";
import type { topicsOf } from "./topics.ts";

export interface OwnerOptions {
  readonly server: KafkaServer;
  readonly topics: ReturnType<typeof topicsOf>;
  readonly node: string;
  readonly lease: LeaseOptions;
  readonly tail: Tail;
  readonly appends: Appends;
  /** The offset behind everything in the log, committed or not. */
  readonly end: () => Promise<number>;
  /** Time of the last event that is known here. */
  readonly lastAt: () => string;
  readonly tell: (message: ToNodes) => Promise<void>;
}

export interface Contender {
  /** Rung when the lease may be free. */
  readonly vacant: Bell;
  /** Why this process is not the owner: another is, or something went wrong. */
  readonly hindrance: () => Error;
  readonly close: () => Promise<void>;
}

/** Tries to be the owner of the log, again and again, and is it as long as nobody else is. */
export const contend = (options: OwnerOptions): Contender => {
  const { lease, appends } = options;
  const vacant = bell();
  const closing = new AbortController();
  const { signal } = closing;
  let hindrance = new Error("the log has no owner yet");

  const once = async () => {
    const held = await holdLease(lease, appends.highest());
    if (!held) return;
    try {
      await rule(options, held, signal);
    } finally {
      await held.release();
      if (signal.aborted) await options.tell({ kind: "released", token: held.token }).catch(() => undefined);
    }
  };
  const work = async () => {
    while (!signal.aborted) {
      const heard = vacant.rings();
      await once().catch((error: unknown) => {
        // It is tried again; what waits for an owner is told why it waited in vain.
        hindrance = new Error("the log has no owner", { cause: error });
      });
      if (!signal.aborted) await vacant.next(heard, (lease.lifetimeMs / 8) * (0.5 + Math.random()), signal);
    }
  };
  const working = work();
  const close = async () => {
    closing.abort();
    await working;
  };
  return { vacant, hindrance: () => hindrance, close };
};

/** Resolves when the lease is lost, a transaction has failed, or the signal has aborted. */
const rule = async (options: OwnerOptions, lease: HeldLease, signal: AbortSignal): Promise<void> => {
  const { server, topics, tail, appends, tell, node } = options;
  const { token } = lease;
  const stop = AbortSignal.any([lease.lost, signal]);
  // From here on nobody else can write: everything that is to be known lies before the end.
  const fence = await takeFence(server, topics.events);
  try {
    const end = await options.end();
    while (!(await tail.reached(end, { patience: 1000, signal: stop }))) if (stop.aborted) return;
    const court = arbiter({ fence, tail, sure: lease.sure, since: options.lastAt() });
    const announce = () => tell({ kind: "owner", token, node });
    const hear = hearing({ token, court, announce, tell });
    const ear = await openEar(server, topics.appends, { schema: ToOwner, hear });
    try {
      appends.rule(token, court);
      await announce();
      const failure = await Promise.race([court.failed, aborted(stop)]);
      if (failure instanceof Error) throw failure;
      // What was not heard any more is put to the next owner.
      await ear.close();
      if (!lease.lost.aborted) await court.finish();
    } finally {
      appends.resigned(token);
      await ear.close();
    }
  } finally {
    fence.close();
  }
};

interface Office {
  readonly token: number;
  readonly court: Arbiter;
  readonly announce: () => Promise<void>;
  readonly tell: (message: ToNodes) => Promise<void>;
}

/** What the owner does about what other nodes ask of it. */
const hearing = ({ token, court, announce, tell }: Office) => {
  const gather = pieces();
  const latest = new Map<string, number>();

  const decide = async ({ node, id, append }: AppendRequest) => {
    // A node's ids grow: this one came twice.
    if (id <= (latest.get(node) ?? 0)) return;
    latest.set(node, id);
    const answer = await court.submit(append).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    if (!(answer instanceof OwnershipLost)) await tell({ kind: "answer", from: token, node, id, outcome: outcomeOf(answer) });
  };
  return (message: ToOwner): void => {
    if (message.kind === "hello") return void announce().catch(() => undefined);
    if (message.to !== token) return;
    const request = message.kind === "part" ? gather(message) : message;
    // Who gets no answer asks the next owner, or gives up in time.
    if (request) void decide(request).catch(() => undefined);
  };
};

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
