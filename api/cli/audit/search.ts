import { command } from "#api/cli/command.ts";
import { exitCodes } from "#api/cli/exit.ts";
import { instant } from "#api/cli/instant.ts";
import { type EventSearch, searchEvents } from "#api/cli/operations/audit.ts";
import type { Session } from "#api/cli/session.ts";
import { eventLines } from "./event-lines.ts";

export const search = command(
  {
    name: "audit search",
    summary: "find events by type, stream, actor, time, correlation and text",
    operands: ["[TEXT]"],
    details: ["The newest first; all that is given must hold. TEXT may stand anywhere in an event, in capitals or not: give type, actor or time with it in a large log, since texts have no index. With --json: one line for each event."],
    options: {
      type: { kind: "text", value: "TYPE", help: "trust.TargetsAdded.v1, or trust.*" },
      stream: { kind: "text", value: "STREAM", help: "trust.targets-demo" },
      actor: { kind: "text", value: "ACTOR", help: "token:ID, policy:NAME, worker:NAME, system" },
      since: { kind: "text", value: "TIME", help: "not earlier than this: 2026-11-20, 2026-11-20T10:00:00Z" },
      until: { kind: "text", value: "TIME", help: "earlier than this" },
      correlation: { kind: "text", value: "ID", help: "everything of one request" },
      limit: { kind: "integer", min: 1, max: 1_000_000, short: "n", value: "N", help: "at most so many (20)" },
    },
    examples: [
      ["audit search --type access.CommandDenied.v1 --since 2026-11-20", "who was refused what"],
      ["audit search openssl --type 'trust.*'", "events of trust with that word"],
    ],
  },
  async (session, { operands: [text], values }) => {
    const { type, stream, actor, correlation: correlationId, limit = 20 } = values;
    await printFound(session, { type, stream, actor, correlationId, text, since: instant("since", values.since), until: instant("until", values.until) }, limit);
    return exitCodes.ok;
  },
);

/** Page after page, also over those in which nothing was found. */
const printFound = async ({ client, output, signal }: Session, wanted: EventSearch, limit: number): Promise<void> => {
  let left = limit;
  let none = true;
  for (let before: string | undefined; left > 0; ) {
    signal.throwIfAborted();
    const { events } = await client.request(searchEvents, { ...wanted, last: Math.min(left, 100), before });
    for (const { node } of events.edges.toReversed()) await output.result(node, () => eventLines(output, node));
    none &&= events.edges.length === 0;
    left -= events.edges.length;
    before = events.pageInfo.startCursor ?? undefined;
    if (!events.pageInfo.hasPreviousPage || before === undefined) break;
  }
  if (none) output.note("there are no such events");
};
