import type { EventLog } from "#commands/ports/event-log.ts";
import type { streams } from "./client.ts";
import type { Place } from "./pages.ts";
import { backwards, endOfStream, ofStream } from "./requests.ts";
import { responses } from "./responses.ts";
import { logEvent, positionOf, type Seen, seen } from "./wire.ts";

export interface Reading {
  readonly read: EventLog["read"];
  /** Where the events of one stream lie, from a revision on. */
  readonly places: (stream: string, revision: number, count: number) => Promise<readonly Seen[]>;
  /** Position of a stream's last event; 0 where there is none. */
  readonly endOf: (stream: string) => Promise<number>;
  /** Of the log's last event: at least `known`, where it is known that it has come so far. */
  readonly head: (known: number) => Promise<number>;
}

/** Among so many at the end there is nearly always one of ours, and the call comes to its end. */
const few = 20;

/** The questions that the server answers at once. */
export const reading = ({ server, prefix, patience }: Place): Reading => {
  /** What an event is taken for; undefined leaves it out. */
  const answers = async function* <Event>(request: streams.ReadReq, take: (read: streams.ReadResp.ReadEvent, prefix: string) => Event | undefined) {
    for await (const portion of responses(server, request, { patience }))
      for (const response of portion) {
        const read = response.getEvent();
        const event = read && take(read, prefix);
        if (event !== undefined) yield event;
      }
  };
  return {
    read: async (stream, { after = -1, limit = Number.MAX_SAFE_INTEGER } = {}) =>
      limit > 0 ? Array.fromAsync(answers(ofStream(prefix + stream, after + 1, limit), logEvent), ({ event }) => event) : [],
    places: (stream, revision, count) => Array.fromAsync(answers(ofStream(prefix + stream, revision, count), seen)),
    endOf: async (stream) => {
      // To its end, though there is one at most: a call that is left early is one that the server has to be told to reset.
      let last = 0;
      for await (const { position } of answers(endOfStream(prefix + stream), seen)) last = position;
      return last;
    },
    head: async (known) => {
      const event = (read: streams.ReadResp.ReadEvent) => {
        const place = positionOf(read.getEvent()?.getCommitPosition() ?? "0");
        return place <= known ? known : seen(read, prefix)?.position;
      };
      const last = (await Array.fromAsync(answers(backwards(few), event)))[0];
      if (last !== undefined) return last;
      for await (const position of answers(backwards(Number.MAX_SAFE_INTEGER), event)) return position;
      return known;
    },
  };
};
