import type { StoredEvent } from "#domain/kernel/event.ts";
import { pauseAfter, type Patience } from "#domain/deliveries/retry.ts";
import { isKeptFrom } from "#domain/deliveries/silence.ts";
import { patiently, pause } from "#projections/kernel/pause.ts";
import type { Outcomes } from "./outcomes.ts";
import { attemptOf, isTaken, type Post, problemOf } from "./post.ts";
import type { Answer } from "./send.ts";
import type { Source } from "./source.ts";
import type { Cursor, Endpoint } from "./store.ts";
import type { Writer } from "./writer.ts";

/** What all lanes of a process share. */
export interface LaneNeeds {
  readonly source: Pick<Source, "behind">;
  readonly writer: Pick<Writer, "put">;
  readonly outcomes: Outcomes;
  readonly patience: Patience;
}

/** One endpoint in the hands of its owner. */
export interface Owned {
  readonly endpoint: Endpoint;
  readonly fence: number;
  readonly cursor: Cursor;
  readonly post: Post;
}

/** How often a position is written that moved over events that were not wanted, and noted in the log. */
const movedMs = 2000;
const noteMs = 3_600_000;
const noteEvents = 10_000;
/** Soon after the start, so that one which is started often is noted, too. */
const firstNoteMs = 60_000;

/** Sends one endpoint its events, in strict order: the next only when the one before it was taken or put aside. Until the signal aborts, or it is disabled. */
export const runLane = async (needs: LaneNeeds, owned: Owned, signal: AbortSignal): Promise<void> => {
  const lane = { ...needs, ...owned, signal, sending: lingering(signal) };
  const { endpoint, writer, fence } = lane;
  let cursor = owned.cursor;
  let written = Date.now();
  const note = noting(lane);
  await untilDue(cursor, signal);
  while (!signal.aborted) {
    const { position, events } = await patiently(signal, () => needs.source.behind(cursor.position, endpoint.filter, signal));
    for (const event of events) {
      if (isKeptFrom(endpoint.id, event)) continue;
      const next = await deliver(lane, cursor, event);
      if (!next) return;
      cursor = next;
      written = Date.now();
      note(cursor.position);
    }
    if (position <= cursor.position) continue;
    cursor = { ...cursor, position };
    if (Date.now() - written < movedMs) continue;
    written = Date.now();
    await writer.put({ endpoint: endpoint.id, fence, cursor }, null);
  }
};

type Lane = LaneNeeds & Owned & { readonly signal: AbortSignal; /** Aborts a little later. */ readonly sending: AbortSignal };

/** The cursor behind the event; null where the lane is over. */
const deliver = async (lane: Lane, before: Cursor, event: StoredEvent): Promise<Cursor | null> => {
  const { endpoint, fence, post, writer, signal } = lane;
  let cursor = before;
  while (!signal.aborted) {
    await pace(lane, event);
    if (signal.aborted) return null;
    const answer = await post.send(event, event.id, lane.sending);
    if (signal.aborted && !isTaken(answer)) return null;
    const attempt = { endpoint: endpoint.id, kind: "event", request: null, attempt: cursor.attempt + 1 } as const;
    if (isTaken(answer)) {
      cursor = { position: event.position, attempt: 0, tryingSince: null, failingSince: null, nextAt: null, lastSuccess: new Date().toISOString(), lastError: null };
      await writer.put({ endpoint: endpoint.id, fence, cursor }, attemptOf(event, answer, { ...attempt, outcome: "delivered", nextAt: null }));
      return cursor;
    }
    const verdict = judged(lane, cursor, answer);
    const { outcome } = verdict;
    cursor = verdict.cursor;
    if (outcome === "dead") {
      await patiently(signal, () => lane.outcomes.deadLettered(endpoint.id, event, attempt.attempt, problemOf(answer)));
      cursor = { ...cursor, position: event.position, attempt: 0, tryingSince: null, nextAt: null };
    }
    const logged = { ...attempt, outcome: outcome === "dead" ? "dead" : "failed", nextAt: cursor.nextAt } as const;
    await writer.put({ endpoint: endpoint.id, fence, cursor }, attemptOf(event, answer, logged));
    if (outcome === "dead") return cursor;
    if (outcome !== "again") {
      await patiently(signal, () => lane.outcomes.disabled(endpoint.id, outcome, problemOf(answer)));
      return null;
    }
    await untilDue(cursor, signal);
  }
  return null;
};

/** How long a request that is under way may go on when the lane ends: what was taken need not be sent again. */
const lingerMs = 1000;

const lingering = (signal: AbortSignal): AbortSignal => {
  const cut = new AbortController();
  signal.addEventListener("abort", () => void setTimeout(() => cut.abort(), lingerMs).unref(), { once: true });
  return cut.signal;
};

/** What follows from an attempt that failed. */
const judged = ({ endpoint, patience }: Lane, before: Cursor, answer: Answer): { readonly outcome: "again" | "dead" | "gone" | "failing"; readonly cursor: Cursor } => {
  const now = Date.now();
  const began = new Date(now - answer.ms).toISOString();
  const attempts = before.attempt + 1;
  const failingSince = before.failingSince ?? began;
  const tryingSince = before.tryingSince ?? began;
  const cursor = { ...before, attempt: attempts, failingSince, tryingSince, nextAt: null, lastError: problemOf(answer) };
  if (answer.status === 410) return { outcome: "gone", cursor };
  if (now - Date.parse(failingSince) >= patience.giveUpMs) return { outcome: "failing", cursor };
  if (endpoint.deadLetterAfter !== null && now - Date.parse(tryingSince) >= endpoint.deadLetterAfter * 1000) return { outcome: "dead", cursor };
  const ms = pauseAfter(patience, { attempts, wished: answer.retryAfterMs, random: Math.random() });
  return { outcome: "again", cursor: { ...cursor, nextAt: new Date(now + ms).toISOString() } };
};

const untilDue = async ({ nextAt }: Cursor, signal: AbortSignal): Promise<void> => {
  if (nextAt !== null) await pause(Math.max(0, Date.parse(nextAt) - Date.now()), signal);
};

/** A replay goes no faster than was asked for. */
const pace = async ({ endpoint: { replayUntil, replayRate }, signal }: Lane, { position }: StoredEvent): Promise<void> => {
  if (replayRate !== null && position <= replayUntil) await pause(1000 / replayRate, signal);
};

const noting = ({ endpoint, outcomes }: Lane) => {
  let at = Date.now() - noteMs + firstNoteMs;
  let since = 0;
  return (position: number): void => {
    if (++since < noteEvents && Date.now() - at < noteMs) return;
    [since, at] = [0, Date.now()];
    // What is not noted now is noted later.
    outcomes.noted(endpoint.id, position).catch(() => undefined);
  };
};
