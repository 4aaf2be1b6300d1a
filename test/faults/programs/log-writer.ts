import { setTimeout as sleep } from "node:timers/promises";
import { eventId, newId } from "#commands/kernel/command-id.ts";
import type { NewEvent } from "#commands/ports/event-log.ts";
import { ConcurrencyConflict, Unavailable } from "#domain/kernel/errors.ts";
import { upTo } from "#test/conformance/event-log/harness.ts";
import { now } from "#test/faults/clock.ts";
import { openJournal } from "#test/faults/journal.ts";
import { type Random, randomOf } from "#test/faults/random.ts";
import { openSharedLog } from "./open-log.ts";
import { ending, Setting, settingOf } from "./setting.ts";

// Writers over the port itself: each reads the end of a stream and appends behind it, expecting exactly that revision.
const setting = settingOf(Setting);
const { write } = openJournal(setting.journal);
const { signal } = ending();
const log = await openSharedLog();
const streams = upTo(4).map((index) => `faults.clock-${index}`);

interface Tail {
  readonly revision: number;
  readonly id: string | null;
}
const tails = new Map<string, Tail>();

const tailOf = async (stream: string): Promise<Tail> => {
  const known = tails.get(stream) ?? { revision: -1, id: null };
  const last = (await log.read(stream, { after: known.revision })).at(-1);
  const tail = last ? { revision: last.revision, id: last.id } : known;
  if (tail.revision > (tails.get(stream)?.revision ?? -1)) tails.set(stream, tail);
  return tail;
};

const eventsBehind = (tail: Tail, commandId: string, marker: string, count: number): readonly NewEvent[] =>
  upTo(count).map((nth) => ({
    id: eventId(commandId, nth),
    type: "faults.Ticked.v1",
    data: { marker, after: nth === 0 ? tail.id : eventId(commandId, nth - 1) },
  }));

/** Sends the same append until it is answered, or `patience` tries have failed. */
const append = async (stream: string, tail: Tail, { random, by }: Writer): Promise<void> => {
  const commandId = newId();
  const marker = `mark-${newId()}`;
  const events = eventsBehind(tail, commandId, marker, random.whole(1, 3));
  const patience = random.chance(0.1) ? 1 : 300;
  const expected = tail.revision < 0 ? "none" : tail.revision;
  write({ type: "asked", by, at: now(), commandId, marker, events: events.length, exact: { stream, revision: tail.revision } });
  for (let tries = 1; tries <= patience; tries++)
    try {
      const receipt = await log.append(stream, events, { expected, cause: { actor: "system", commandId, correlationId: by } });
      return write({ type: "acknowledged", commandId, at: now(), tries, ...receipt, eventIds: [...receipt.eventIds] });
    } catch (error) {
      if (error instanceof ConcurrencyConflict) return write({ type: "refused", commandId, at: now(), code: error.code });
      write({ type: "failed", commandId, at: now(), code: error instanceof Unavailable ? error.code : String(error) });
      await sleep(random.whole(50, 250));
    }
};

interface Writer {
  readonly by: string;
  readonly random: Random;
}

const work = async (writer: Writer): Promise<void> => {
  const { random } = writer;
  while (!signal.aborted) {
    const stream = random.pick(streams);
    const tail = await tailOf(stream).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error;
    });
    if (tail) await append(stream, tail, writer);
    await sleep(random.whole(0, setting.paceMs * 2));
  }
};

await Promise.all(upTo(setting.writers).map((index) => work({ by: `${setting.name}/${index}`, random: randomOf(setting.seed + index) })));
process.exit(0);
