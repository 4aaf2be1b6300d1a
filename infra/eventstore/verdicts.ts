import type { Receipt } from "#commands/ports/event-log.ts";
import { conflict } from "#infra/log/event-log.ts";
import { holds } from "#infra/log/expectation.ts";
import type { Known } from "#infra/log/index/log-index.ts";
import type { PreparedAppend } from "#infra/log/prepared.ts";

/** An append of a group, and where its answer goes. */
export interface Entry {
  readonly append: PreparedAppend;
  readonly answer: (answer: Receipt | Error) => void;
}

/** What is to be done with the appends of one stream that come next, judged in their order. */
export interface Verdicts {
  /** To be stored as one. Once they are, everything here was judged rightly. */
  readonly load: readonly Entry[];
  /** The answers to the others, where it was. */
  readonly answers: readonly (() => void)[];
  /** Nothing is to be stored, and that is only so if the stream goes no further than was known. */
  readonly doubtful: boolean;
  /** What did not fit. */
  readonly rest: readonly Entry[];
}

export interface Room {
  readonly appends: number;
  readonly bytes: number;
}

export const verdicts = (entries: readonly Entry[], { receipts, revisions }: Known, room: Room): Verdicts => {
  const load: Entry[] = [];
  const answers: (() => void)[] = [];
  const known = revisions.get(entries[0]?.append.stream ?? "") ?? -1;
  let [revision, bytes, doubtful, judged] = [known, 0, false, 0];
  for (const entry of entries) {
    const { append, answer } = entry;
    const receipt = receipts.get(append.cause.commandId);
    if (receipt) answers.push(() => answer(receipt));
    else if (!holds(append.expected, revision)) {
      const error = conflict(append, revision);
      answers.push(() => answer(error));
      doubtful ||= append.expected === "exists" || (typeof append.expected === "number" && append.expected > revision);
    } else {
      if (load.length > 0 && (load.length >= room.appends || bytes + append.bytes > room.bytes)) break;
      load.push(entry);
      revision += append.events.length;
      bytes += append.bytes;
    }
    judged++;
  }
  return { load, answers, doubtful: doubtful && load.length === 0, rest: entries.slice(judged) };
};
