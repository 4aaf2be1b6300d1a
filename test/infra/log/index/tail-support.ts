import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "#commands/ports/event-log.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { Unavailable } from "#domain/kernel/errors.ts";
import { bell } from "#infra/log/bell.ts";
import type { FollowOptions } from "#infra/log/index/follow.ts";
import type { Indexed, LogIndex } from "#infra/log/index/log-index.ts";
import { openLogIndex } from "#infra/log/index/postgres-index.ts";
import { followIndexed, type Tail } from "#infra/log/index/tail.ts";
import { everythingOf, naively, placesNaively } from "./naive.ts";

/** A log that shows more and more of its events. */
export interface Growing extends Pick<FollowOptions, "pages"> {
  readonly head: () => number;
  /** Shows this many events more. */
  readonly grow: (count: number) => readonly Indexed[];
}

export const growing = (whole: readonly Indexed[]): Growing => {
  const chime = bell();
  let shown = 0;
  const positionAt = (count: number) => whole[count - 1]?.position ?? 0;
  async function* pages(after: number, signal: AbortSignal): AsyncGenerator<Page, void> {
    let position = after;
    for (let turn = 0; !signal.aborted; turn++) {
      const heard = chime.rings();
      const behind = whole.slice(0, shown).filter((event) => event.position > position);
      const events = behind.slice(0, 1 + (turn % 5));
      position = events.at(-1)?.position ?? position;
      yield { events: events.map(stored), position, caughtUp: events.length === behind.length };
      if (events.length === behind.length) await chime.next(heard, 1000, signal);
      // Another server than the one that was asked, or the same after a pause.
      if (turn % 11 === 10) throw new Unavailable("log");
    }
  }
  const grow = (count: number) => {
    const from = shown;
    shown = Math.min(whole.length, shown + count);
    chime.ring();
    return whole.slice(from, shown);
  };
  return { pages, grow, head: () => positionAt(shown) };
};

const stored = (event: Indexed): StoredEvent => ({ ...event, type: "test.Ticked.v1", at: "2027-01-01T00:00:00.000Z", actor: "system", correlationId: "c", data: {} });

export interface Process extends AsyncDisposable {
  readonly index: LogIndex;
  readonly tail: Tail;
}

export const processOver = async (connectionString: string, name: string, log: Growing, options: Partial<FollowOptions> = {}): Promise<Process> => {
  const index = await openLogIndex({ connect: { connectionString }, name });
  const tail = await followIndexed({ index, pages: log.pages, head: async () => log.head(), every: 5, ...options });
  const close = async () => {
    await tail[Symbol.asyncDispose]();
    await index[Symbol.asyncDispose]();
  };
  return { index, tail, [Symbol.asyncDispose]: close };
};

/** The tail answers what the whole log says as of one position, which is no older than it promised and than was asked for. */
export const assertKnown = async ({ tail }: Process, whole: readonly Indexed[], at: number) => {
  const promised = Math.max(at, tail.position());
  const known = await tail.known(everythingOf(whole), at);
  assert.ok(known.position >= promised, `${known.position} is older than ${promised}`);
  const wanted = { commandIds: [...known.receipts.keys(), ...everythingOf(whole).commandIds], streams: everythingOf(whole).streams };
  assert.deepEqual(known, naively(whole, known.position, wanted));
};

export const assertPlaces = async ({ tail }: Process, whole: readonly Indexed[], stream: string, after: number) => {
  const promised = tail.position();
  for (const limit of [1, 3, 1000]) {
    const places = await tail.places(stream, { after, limit });
    assert.deepEqual(places, placesNaively(whole, Infinity, stream, { after, limit }).slice(0, places.length));
    assert.ok(places.length >= placesNaively(whole, promised, stream, { after, limit }).length);
  }
};

/** Resolves when the condition holds. */
export const until = async (condition: () => Promise<boolean>) => {
  while (!(await condition())) await sleep(5);
};
