import type { EventLog } from "#commands/ports/event-log.ts";
import type { Connection, streams } from "./client.ts";
import { backwards, endOfStream, ofStream } from "./requests.ts";
import { responses } from "./responses.ts";
import { type LogEvent, logEvent, positionOf } from "./wire.ts";

export interface Reading {
  readonly read: EventLog["read"];
  /** Position of a stream's last event; 0 where there is none. */
  readonly endOf: (stream: string) => Promise<number>;
  /** Of the log's last event: at least `known`, where it is known that it has come so far. */
  readonly head: (known: number) => Promise<number>;
  /** Events of one stream, with what only the log needs to know, from a revision on. */
  readonly from: (stream: string, revision: number, count: number) => Promise<readonly LogEvent[]>;
}

interface Place {
  readonly server: Connection;
  readonly prefix: string;
  readonly patience: number;
}

/** The questions that the server answers at once. */
export const reading = ({ server, prefix, patience }: Place): Reading => {
  const answers = async function* (request: streams.ReadReq) {
    for await (const portion of responses(server, request, { patience })) yield* portion;
  };
  const eventsOf = async function* (stream: string, request: streams.ReadReq) {
    for await (const response of answers(request)) {
      const found = logEvent(response.getEvent(), prefix);
      if (found?.event.stream === stream) yield found;
    }
  };

  const from: Reading["from"] = (stream, revision, count) => Array.fromAsync(eventsOf(stream, ofStream(prefix + stream, revision, count)));
  const read: EventLog["read"] = async (stream, { after = -1, limit = Number.MAX_SAFE_INTEGER } = {}) => {
    if (limit <= 0) return [];
    return (await from(stream, after + 1, limit)).map(({ event }) => event);
  };
  const endOf: Reading["endOf"] = async (stream) => {
    for await (const { event } of eventsOf(stream, endOfStream(prefix + stream))) return event.position;
    return 0;
  };
  const head: Reading["head"] = async (known) => {
    for await (const response of answers(backwards(Number.MAX_SAFE_INTEGER))) {
      const recorded = response.getEvent()?.getEvent();
      if (recorded && positionOf(recorded.getCommitPosition()) <= known) return known;
      const found = logEvent(response.getEvent(), prefix);
      if (found) return found.event.position;
    }
    return known;
  };
  return { read, endOf, head, from };
};
