import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { PayloadTooLarge, Unavailable } from "#domain/kernel/errors.ts";
import type { Receipt } from "#commands/ports/event-log.ts";
import type { Engine } from "#infra/log/event-log.ts";
import type { Known } from "#infra/log/index/log-index.ts";
import type { Tail } from "#infra/log/index/tail.ts";
import type { Reading } from "./reading.ts";
import type { Refused } from "./refusals.ts";
import { patiently } from "./responses.ts";
import type { Sender } from "./sending.ts";
import { type Entry, type Room, verdicts } from "./verdicts.ts";
import { proposed, type Seen } from "./wire.ts";
import type { Witnesses } from "./witness.ts";

export interface Needs {
  readonly sender: Sender;
  readonly reading: Reading;
  readonly tail: Tail;
  readonly witnesses: Witnesses;
  readonly prefix: string;
  /** Milliseconds that an append may take, with all that it has to be tried again. */
  readonly patience: number;
  /** The furthest position that was acknowledged here. */
  readonly acknowledged: { position: number };
}

/** The server takes a megabyte at once where nobody has set it otherwise. */
const roomy: Room = { appends: 500, bytes: 900_000 };
const narrow: Room = { appends: 1, bytes: 0 };

/**
 * Appends of a group: those of one stream in their order and as few appends to the server, the streams beside each other. Each goes out with
 * the exact revision that the log is known to have, so that nothing can be stored of a command that is in the log behind what was looked at.
 */
export const appender = (needs: Needs): Engine["appendGroup"] => {
  const appendGroup: Engine["appendGroup"] = async (group) => {
    const answers: (Receipt | Error)[] = [];
    const entries = group.map((append, index): Entry => ({ append, answer: (answer) => (answers[index] = answer) }));
    const twins = entries.filter(({ append }, index) => entries.findIndex((other) => other.append.cause.commandId === append.cause.commandId) < index);
    const firsts = entries.filter((entry) => !twins.includes(entry));
    const known = await knownOf(needs, firsts);
    await Promise.all([...Map.groupBy(firsts, ({ append }) => append.stream).values()].map((lane) => carryOut(needs, lane, known)));
    if (twins.length > 0) {
      const later = await appendGroup(twins.map(({ append }) => append));
      for (const [index, { answer }] of twins.entries()) answer(later[index] ?? new Error("no answer"));
    }
    return answers;
  };
  return appendGroup;
};

const knownOf = ({ tail, acknowledged }: Needs, entries: readonly Entry[], at = 0): Promise<Known> => {
  const streams = [...new Set(entries.map(({ append }) => append.stream))];
  return tail.known({ commandIds: entries.map(({ append }) => append.cause.commandId), streams }, Math.max(at, acknowledged.position));
};

/** The appends of one stream. */
const carryOut = async (needs: Needs, entries: readonly Entry[], first: Known): Promise<void> => {
  const deadline = performance.now() + needs.patience;
  const stream = entries[0]?.append.stream ?? "";
  let [left, known, room, certain] = [entries, first, roomy, false];
  try {
    for (let round = 0; left.length > 0; round++) {
      const judged = verdicts(left, known, room);
      const refused = judged.doubtful && !certain ? "moved on" : await store(needs, judged.load, known);
      if (refused === undefined) {
        for (const answer of judged.answers) answer();
        left = judged.rest;
        if (left.length > 0) known = await knownOf(needs, left);
      } else if (refused instanceof PayloadTooLarge) {
        const [large] = judged.load;
        large?.answer(refused);
        left = left.filter((entry) => entry !== large);
      } else if (refused === "moved on") {
        if (performance.now() > deadline) throw new Unavailable("log", { cause: new Error(`others append to ${stream} all the time`) });
        // The server has said no without a reason that one could see, or others are faster.
        if (round > 3) await sleep(Math.random() * 10 * round);
        known = await knownOf(needs, left, await needs.reading.endOf(stream));
        certain = true;
      } else room = narrow;
    }
  } catch (error) {
    for (const { answer } of left) answer(error instanceof Error ? error : new Error(String(error)));
  }
};

/** Undefined when everything of it is stored, and answered. Throws where that is not known. */
const store = async (needs: Needs, load: readonly Entry[], known: Known): Promise<Reason | undefined> => {
  const stream = load[0]?.append.stream;
  if (stream === undefined) return undefined;
  const attempt = randomUUID().slice(0, 8);
  using stack = new DisposableStack();
  const expecting = load.map(({ append }) => stack.use(needs.witnesses.expect(append.cause.commandId)));
  const messages = load.flatMap(({ append }) => proposed(append, attempt));
  const revision = known.revisions.get(stream) ?? -1;
  const sent = await needs.sender.send({ stream: needs.prefix + stream, revision, messages });
  if (sent.kind !== "stored") return reasonOf(sent, load);
  const seen = await patiently(Promise.all(expecting.map(({ seen }) => seen)), shown).catch(() => asked(needs, stream, { from: revision + 1, load }));
  for (const [index, { append, answer }] of load.entries()) {
    const event = seen[index];
    if (!event) throw new Unavailable("log", { cause: new Error(`${stream} does not show what was stored`) });
    needs.acknowledged.position = Math.max(needs.acknowledged.position, event.position);
    answer({ position: event.position, stream, revision: event.revision, eventIds: append.events.map(({ id }) => id), replayed: event.attempt !== attempt });
  }
  return undefined;
};

/** Milliseconds in which the log shows by itself what was stored. */
const shown = 500;

/** The stream itself, where the log does not come to show it. */
const asked = async ({ reading }: Needs, stream: string, { from, load }: { readonly from: number; readonly load: readonly Entry[] }): Promise<(Seen | undefined)[]> => {
  const count = load.reduce((sum, { append }) => sum + append.events.length, 0);
  const events = await reading.places(stream, from, count);
  return load.map(({ append }) => events.find(({ attempt, commandId }) => attempt !== undefined && commandId === append.cause.commandId));
};

type Reason = "moved on" | "too much" | PayloadTooLarge;

const reasonOf = (refused: Refused, load: readonly Entry[]): Reason => {
  switch (refused.kind) {
    case "moved on":
      return "moved on";
    case "too large": {
      const [only, ...others] = load;
      if (others.length > 0 || !only) return "too much";
      return new PayloadTooLarge(`append of ${only.append.events.length} events`, only.append.bytes, refused.limit);
    }
    case "access denied":
      throw new Unavailable("log", { cause: new Error("access denied") });
    case "deleted":
      throw new Error(`the stream ${load[0]?.append.stream} was deleted: nothing can be appended to it`);
    case "unknown":
      throw new Unavailable("log", { cause: new Error(refused.message) });
  }
};
