import { setTimeout as sleep } from "node:timers/promises";
import { command } from "./command.ts";
import { exitCodes } from "./exit.ts";
import { printable, shortened } from "./format.ts";
import { type Event, type EventFilter, followEvents, lastEvents } from "./operations.ts";
import { backoff, isAway } from "./patience.ts";
import type { Session } from "./session.ts";

export const events = command(
  {
    name: "events",
    summary: "what happened: the log, as it is and as it grows",
    operands: [],
    details: [
      "Shows the newest events, or with --after those behind that position, in the log's order. With --follow it goes on with each new one, over lost connections too, without a gap and without a repetition. With --json: one line for each event.",
    ],
    options: {
      follow: { kind: "flag", short: "f", help: "go on with new events until Ctrl-C" },
      after: { kind: "integer", value: "POS", help: "begin behind this position; 0 is the beginning" },
      stream: { kind: "text", value: "STREAM", help: "only this stream: trust.targets-demo" },
      type: { kind: "text", value: "TYPE", help: "only this type: trust.TargetsAdded.v1, or trust.*" },
      limit: { kind: "integer", min: 1, max: 1_000_000_000, short: "n", value: "N", help: "at most so many (20; with --follow or --after: no limit)" },
    },
    examples: [
      ["events --follow", "the last ten, and whatever comes"],
      ["events --after 0 --type 'trust.*' --json", "everything of trust, for a program"],
    ],
  },
  async (session, { values }) => {
    const filter = { stream: values.stream, type: values.type };
    const print = printer(session);
    let left = values.limit ?? Number.POSITIVE_INFINITY;
    let { after } = values;
    if (after === undefined) {
      const last = Math.min(left, values.follow === true ? 10 : 1000, values.limit ?? 20);
      const recent = await newest(session, filter, last);
      for (const event of recent) await print(event);
      left -= recent.length;
      after = recent.at(-1)?.position ?? 0;
      if (values.follow !== true) return exitCodes.ok;
    }
    const until = values.follow === true ? Number.POSITIVE_INFINITY : ((await newest(session, filter, 1))[0]?.position ?? 0);
    if (left <= 0 || after >= until) return exitCodes.ok;
    for await (const event of everyEvent(session, filter, after)) {
      if (event.position > until) break;
      await print(event);
      left -= 1;
      if (left <= 0 || event.position >= until) break;
    }
    return exitCodes.ok;
  },
);

const newest = async ({ client }: Session, filter: EventFilter, last: number): Promise<Event[]> =>
  (await client.request(lastEvents, { ...filter, last })).events.edges.map(({ node }) => node);

/** Every event behind `after`, each once; a lost connection is taken up again behind the last one, for as long as it takes. */
export async function* everyEvent(session: Session, filter: EventFilter, after: number): AsyncGenerator<Event> {
  let position = after;
  let connected = false;
  for (let attempt = 0; ; attempt++) {
    try {
      for await (const { events } of session.client.subscribe(followEvents, { ...filter, after: position })) {
        connected = true;
        attempt = 0;
        // A server may repeat itself where a connection was cut; a reader must not see that.
        if (events.position <= position) continue;
        position = events.position;
        yield events;
      }
    } catch (error) {
      if (!isAway(error) || (!connected && attempt > 4)) throw error;
      if (attempt === 0) session.output.note(`${error.message}; going on behind position ${position} as soon as possible`);
      await sleep(backoff(error, attempt) * 1000, undefined, { signal: session.signal });
    }
  }
}

const printer = ({ output }: Session): ((event: Event) => Promise<void>) => {
  const width = output.columns;
  return async (event) =>
    output.result(event, () => {
      const position = String(event.position).padStart(7);
      const head = `${position}  ${event.at.slice(11, 19)}  `;
      const type = printable(event.type);
      const room = Math.max(10, width - head.length - Math.max(26, type.length) - 2);
      return `${output.bold(position)}  ${output.dim(event.at.slice(11, 19))}  ${type.padEnd(26)}  ${output.dim(shortened(`${printable(event.stream)}#${event.revision}`, room))}`;
    });
};
