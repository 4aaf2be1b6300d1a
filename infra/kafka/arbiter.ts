import type { Receipt } from "#commands/ports/event-log.ts";
import { conflict } from "#infra/log/event-log.ts";
import { holds } from "#infra/log/expectation.ts";
import { groups } from "#infra/log/groups.ts";
import type { Tail } from "#infra/log/index/tail.ts";
import type { PreparedAppend } from "#infra/log/prepared.ts";
import type { Fence } from "./fence.ts";
import { positionOf, recordsOf } from "./record.ts";
import type { OutgoingRecord } from "./record-batch.ts";

/** The answer is another's to give: whether the append was carried out will be seen in the log. */
export class OwnershipLost extends Error {
  override readonly name = "OwnershipLost";
}

export interface ArbiterOptions {
  readonly fence: Fence;
  readonly tail: Tail;
  /** Asked before each decision: throws where somebody else may have written since. */
  readonly sure: () => Promise<void>;
  /** Time of the last event in the log. */
  readonly since: string;
}

/**
 * Decides on appends, one after the other, while this process holds the fence: nobody else can have written what it does not know.
 * What was appended is in the index, in the tail, or among what was written here since; a group of decisions is one transaction.
 */
export interface Arbiter {
  /** Throws `ConcurrencyConflict`, `Unavailable` where the index is away, `OwnershipLost`. */
  readonly submit: (append: PreparedAppend) => Promise<Receipt>;
  /** Resolves when a transaction has failed, with its error: the arbiter decides nothing any more. */
  readonly failed: Promise<unknown>;
  /** Resolves when everything that was submitted has its answer. */
  readonly finish: () => Promise<void>;
}

/** What the index and the tail say about an append, as of a position. */
interface Facts {
  readonly position: number;
  readonly receipt: Receipt | undefined;
  readonly revision: number;
}

interface Case {
  readonly append: PreparedAppend;
  facts: Facts;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/** An append that was accepted; its place is known when it is written. */
interface Accepted {
  readonly append: PreparedAppend;
  readonly revision: number;
  position: number;
}

const most = { events: 2000, bytes: 4_000_000 };
const batchBytes = 1_000_000;
const remembered = 5000;

export const arbiter = ({ fence, tail, sure, since }: ArbiterOptions): Arbiter => {
  const lost = Promise.withResolvers<unknown>();
  let dead = false;
  let queue: Case[] = [];
  let flushing: Promise<void> | undefined;
  const settling = new Set<Promise<void>>();
  const written = recentlyWritten();
  let [at, end] = [since, 0];

  const factsOf = groups<PreparedAppend, Facts>(async (appends) => {
    const wanted = { commandIds: [...new Set(appends.map(({ cause }) => cause.commandId))], streams: [...new Set(appends.map(({ stream }) => stream))] };
    const { position, receipts, revisions } = await tail.known(wanted);
    return appends.map(({ stream, cause }) => ({ position, receipt: receipts.get(cause.commandId), revision: revisions.get(stream) ?? -1 }));
  }, { weigh: () => 1, most: 2000 });

  const submit: Arbiter["submit"] = async (append) => {
    const facts = await factsOf(append);
    return new Promise((resolve, reject) => {
      if (dead) return reject(new OwnershipLost());
      queue.push({ append, facts, resolve, reject });
      flushing ??= flush();
    });
  };

  const flush = async () => {
    try {
      // The tick ends first: what was looked up together is decided together.
      for (await new Promise(setImmediate); queue.length > 0; ) await decideOn(takeFrom(queue, (rest) => (queue = rest)));
    } catch (error) {
      fail(error);
    }
    flushing = undefined;
  };
  const fail = (error: unknown) => {
    dead = true;
    for (const { reject } of queue) reject(new OwnershipLost());
    queue = [];
    lost.resolve(error);
  };

  const decideOn = async (cases: readonly Case[]) => {
    try {
      await sure();
      for (const each of cases) if (each.facts.position < written.base()) each.facts = await factsOf(each.append);
      const { accepted, answers } = decide(cases, written);
      if (accepted.length > 0) await write(accepted);
      settle(cases, answers);
    } catch (error) {
      for (const { reject } of cases) reject(new OwnershipLost("", { cause: error }));
      throw error;
    }
  };
  const write = async (accepted: readonly Accepted[]) => {
    at = new Date(Math.max(Date.now(), Date.parse(at))).toISOString();
    const batches = batchesOf(accepted, at);
    const offsets = await fence.write(batches.map(({ records }) => records));
    for (const [index, { ends }] of batches.entries())
      for (const [append, last] of ends) append.position = positionOf((offsets[index] ?? 0) + last);
    end = accepted.at(-1)?.position ?? end;
    written.trim(tail.position());
  };
  /** Answers when everybody can see what they are about. */
  const settle = (cases: readonly Case[], answers: readonly (() => Receipt | Error)[]) => {
    const settled = answerAll(visible(end), cases, answers).finally(() => settling.delete(settled));
    settling.add(settled);
  };
  const visible = (position: number) => tail.reached(position, { patience: 10_000 }).catch(() => false);

  const finish = async () => {
    await factsOf[Symbol.asyncDispose]();
    await flushing;
    await Promise.all(settling);
  };
  return { submit, failed: lost.promise, finish };
};

const answerAll = async (visible: Promise<boolean>, cases: readonly Case[], answers: readonly (() => Receipt | Error)[]) => {
  const seen = await visible;
  for (const [index, { resolve, reject }] of cases.entries()) {
    const answer = seen ? answers[index]?.() : undefined;
    if (answer === undefined) reject(new OwnershipLost());
    else if (answer instanceof Error) reject(answer);
    else resolve(answer);
  }
};

const takeFrom = (queue: readonly Case[], leave: (rest: Case[]) => void): readonly Case[] => {
  let [events, bytes] = [0, 0];
  const end = queue.findIndex(({ append }, index) => {
    events += append.events.length;
    bytes += append.bytes;
    return (events > most.events || bytes > most.bytes) && index > 0;
  });
  leave(end < 0 ? [] : queue.slice(end));
  return end < 0 ? queue : queue.slice(0, end);
};

/** What was accepted here and may not be in the facts yet: nothing before `base` is among it. */
const recentlyWritten = () => {
  const commands = new Map<string, Accepted>();
  const streams = new Map<string, Accepted>();
  let base = 0;
  const trim = (position: number) => {
    if (commands.size < remembered) return;
    for (const [commandId, { position: of }] of commands) if (of <= position) commands.delete(commandId);
    for (const [stream, { position: of }] of streams) if (of <= position) streams.delete(stream);
    base = position;
  };
  return {
    base: () => base,
    trim,
    command: (commandId: string) => commands.get(commandId),
    revision: (stream: string) => streams.get(stream)?.revision ?? -1,
    add: (accepted: Accepted) => {
      commands.set(accepted.append.cause.commandId, accepted);
      streams.set(accepted.append.stream, accepted);
    },
  };
};

/** In their order, each judged by what becomes of those before it. */
const decide = (cases: readonly Case[], written: ReturnType<typeof recentlyWritten>) => {
  const accepted: Accepted[] = [];
  const answers = cases.map(({ append, facts }): (() => Receipt | Error) => {
    const { receipt } = facts;
    if (receipt) return () => receipt;
    const before = written.command(append.cause.commandId);
    if (before) return () => receiptOf(before, true);
    const revision = Math.max(facts.revision, written.revision(append.stream));
    if (!holds(append.expected, revision)) return () => conflict(append, revision);
    const accept = { append, revision: revision + append.events.length, position: Infinity };
    written.add(accept);
    accepted.push(accept);
    return () => receiptOf(accept, false);
  });
  return { accepted, answers };
};

const receiptOf = ({ append, revision, position }: Accepted, replayed: boolean): Receipt => ({
  position, stream: append.stream, revision, eventIds: append.events.map(({ id }) => id), replayed,
});

interface Batch {
  readonly records: OutgoingRecord[];
  bytes: number;
  /** The appends that end in it, with the place of their last record. */
  readonly ends: (readonly [Accepted, number])[];
}

/** Batches of about a megabyte. */
const batchesOf = (accepted: readonly Accepted[], at: string): readonly Batch[] => {
  let batch: Batch = { records: [], bytes: 0, ends: [] };
  const batches = [batch];
  for (const each of accepted) {
    for (const record of recordsOf(each.append, { revision: each.revision - each.append.events.length + 1, at })) {
      if (batch.bytes + record.value.length > batchBytes && batch.records.length > 0) batches.push((batch = { records: [], bytes: 0, ends: [] }));
      batch.records.push(record);
      batch.bytes += record.value.length + 500;
    }
    batch.ends.push([each, batch.records.length - 1]);
  }
  return batches;
};
