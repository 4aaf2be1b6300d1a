import { setTimeout as sleep } from "node:timers/promises";
import { command } from "./command.ts";
import { exitCodes, usageError } from "./exit.ts";
import { exportEvents } from "./export-events.ts";
import { printable, shortened } from "./format.ts";
import { type Event, type EventFilter, followEvents, lastEvents } from "./operations/audit.ts";
import { backoff, isAway } from "./patience.ts";
import type { Session } from "./session.ts";

export const events = command(
  {
    name: "events",
    summary: "what happened: the log, as it is and as it grows",
    operands: [],
    details: [
      "Shows the newest events, or with --after those behind that position, in the log's order. With --follow it goes on with each new one, over lost connections too, without a gap and without a repetition. With --json: one line for each event.",
      "--export writes events into a file, one JSON document a line, up to the newest; where the file has some already, it goes on behind the last of them (with the --filter that is given now).",
    ],
    options: {
      follow: { kind: "flag", short: "f", help: "go on with new events until Ctrl-C" },
      after: { kind: "integer", value: "POS", help: "begin behind this position; 0 is the beginning" },
      stream: { kind: "text", value: "STREAM", help: "only this stream: trust.targets-demo" },
      type: { kind: "text", value: "TYPE", help: "only this type: trust.TargetsAdded.v1, or trust.*" },
      filter: { kind: "text", value: "FILTER", help: "only these: 'type=trust.*;stream=trust.*;kind=artifact;key=pkg:deb/'" },
      export: { kind: "text", value: "FILE", help: "into this file, - for standard output; with --after, --until and --filter" },
      until: { kind: "integer", value: "POS", help: "export: up to this position (the newest)" },
      limit: {
        kind: "integer",
        min: 1,
        max: 1_000_000_000,
        short: "n",
        value: "N",
        help: "at most so many (20; with --follow or --after: no limit)",
      },
    },
    examples: [
      ["events --follow", "the last ten, and whatever comes"],
      ["events --after 0 --type 'trust.*' --json", "everything of trust, for a program"],
      ["events --filter 'kind=artifact;key=sha256:' --follow", "whatever happens to artifacts"],
      ["events --export log.ndjson", "the whole log; again: what has come since"],
    ],
  },
  async (session, { values }) => {
    const { stream, type, follow = false, limit = Number.POSITIVE_INFINITY } = values;
    if (values.filter !== undefined && (stream !== undefined || type !== undefined))
      throw usageError("--filter does not go together with --stream and --type", "say it in the filter: 'type=trust.*;stream=trust.targets-demo'");
    if (values.export !== undefined) return exportEvents(session, { ...values, file: values.export });
    if (values.until !== undefined) throw usageError("--until goes with --export only");
    const filter = { stream, type, filter: values.filter };
    const print = printer(session);
    if (values.after !== undefined) {
      const until = follow ? Number.POSITIVE_INFINITY : ((await newest(session, filter, 1)).events[0]?.position ?? 0);
      await printBehind(session, print, { filter, after: values.after, until, limit });
      return exitCodes.ok;
    }
    const recent = await newest(session, filter, recentCount(values.limit, follow));
    for (const event of recent.events) await print(event);
    if (follow) await printBehind(session, print, { filter, after: recent.position, until: Number.POSITIVE_INFINITY, limit: limit - recent.events.length });
    return exitCodes.ok;
  },
);

const recentCount = (limit: number | undefined, follow: boolean): number => {
  if (follow) return Math.min(10, limit ?? 10);
  if (limit !== undefined && limit > 1000) throw usageError("--limit is 1000 at most here", "for more begin somewhere: --after 0");
  return limit ?? 20;
};

interface Stretch {
  readonly filter: EventFilter;
  readonly after: number;
  /** The last position that is wanted. */
  readonly until: number;
  readonly limit: number;
}

const printBehind = async (session: Session, print: Print, { filter, after, until, limit }: Stretch): Promise<void> => {
  let left = limit;
  if (left <= 0 || after >= until) return;
  for await (const event of everyEvent(session, filter, after)) {
    if (event.position > until) return;
    await print(event);
    left -= 1;
    if (left <= 0 || event.position >= until) return;
  }
};

/** The newest events, and a position up to which there are no others. A page of a filter that fits few may be short: then further ones are asked for. */
const newest = async ({ client }: Session, filter: EventFilter, last: number): Promise<{ readonly events: readonly Event[]; readonly position: number }> => {
  const events: Event[] = [];
  let position: number | undefined;
  for (let before: string | null = null; ; ) {
    const { events: found }: Answer = await client.request(lastEvents, { ...filter, last: last - events.length, before });
    events.unshift(...found.edges.map(({ node }) => node));
    position ??= Math.max(found.position, events.at(-1)?.position ?? 0);
    before = found.pageInfo.startCursor;
    if (events.length >= last || !found.pageInfo.hasPreviousPage || before === null) return { events, position };
  }
};

type Answer = ReturnType<typeof lastEvents.read>;

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

type Print = (event: Event) => Promise<void>;

const printer = ({ output }: Session): Print => {
  const width = output.columns;
  return async (event) =>
    output.result(event, () => {
      const position = String(event.position).padStart(7);
      const head = `${position}  ${event.at.slice(11, 19)}  `;
      const type = printable(event.type);
      const room = Math.max(10, width - head.length - Math.max(30, type.length) - 2);
      return `${output.bold(position)}  ${output.dim(event.at.slice(11, 19))}  ${type.padEnd(30)}  ${output.dim(shortened(`${printable(event.stream)}#${event.revision}`, room))}`;
    });
};
