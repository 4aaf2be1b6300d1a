import { command } from "#api/cli/command.ts";
import { CliError, exitCodes, usageError } from "#api/cli/exit.ts";
import { count, counted, printable } from "#api/cli/format.ts";
import { differenceLines } from "#api/cli/graph/difference-lines.ts";
import { take, wanted } from "#api/cli/graph/shown.ts";
import { listDifferences } from "#api/cli/operations/graph-queries.ts";
import type { Session } from "#api/cli/session.ts";
import { table } from "#api/cli/table.ts";
import { logLeaves } from "./log-leaves.ts";
import { positionAt } from "./moments.ts";
import { trustChangesIn } from "./trust-changes.ts";
import { type Changing, isPublication, trustLines } from "./trust-lines.ts";

export const diff = command(
  {
    name: "audit diff",
    summary: "what changed between two positions or times, by whom and by which event",
    operands: ["FROM", "[TO]"],
    details: ["FROM and TO are positions, times (everything before them), or `now`, which TO is where it is absent. Shows events by type and by stream, what changed in TUF repositories, and what is otherwise in the artifact graph, each with its event and actor."],
    options: { limit: { kind: "integer", min: 1, max: 1000, short: "n", value: "N", help: "lines of each kind, at most (50; with --json all); all are counted" } },
    examples: [["audit diff 2026-11-20 2026-11-21", "a day"], ["audit diff 1200 --json", "for a program"]],
  },
  async (session, { operands: [given = "", until = "now"], values }) => {
    const [from, to] = [await positionAt(session, "FROM", given), await positionAt(session, "TO", until)];
    if (from > to) throw usageError(`FROM (position ${from}) is later than TO (position ${to})`);
    const limit = wanted(session, values.limit);
    const { trust, ...seen } = await eventsBetween(session, { from, to, limit });
    const { differences, more } = await differencesBetween(session, { from, to, limit });
    const changes = trust.told.flatMap((one) => one.changes);
    await session.output.result({ from, to, ...seen, trust: { all: trust.all, changes }, graph: { differences, more } }, () => [
      `from position ${count(from)} to ${count(to)}: ${counted(seen.events, "event")}`,
      ...section("by type", seen.types.map(({ name, events }) => [name, count(events)])),
      ...section("by stream", seen.streams.slice(0, limit).map(({ name, events }) => [printable(name), count(events)]), seen.streams.length - limit),
      ...section("by actor", seen.actors.slice(0, limit).map(({ name, events }) => [printable(name), count(events)]), seen.actors.length - limit),
      ...list("trust", trust.told.flatMap((one) => trustLines(session.output, one)), trust.all - changes.length),
      ...list("graph", differenceLines(session.output, differences)),
      ...(more ? ["  … and more (--limit)"] : []),
    ]);
    return exitCodes.ok;
  },
);

const differencesBetween = async ({ client }: Session, { from, to, limit }: Stretch) => {
  let more = false;
  const differences = await take(limit, async (page) => {
    const { diff } = (await client.request(listDifferences, { from: { position: from }, asOf: { position: to }, ...page })).graph;
    more = diff?.pageInfo.hasNextPage === true;
    return diff ?? { edges: [], pageInfo: { hasNextPage: false, endCursor: null } };
  });
  return { differences, more };
};

const section = (title: string, rows: readonly (readonly string[])[], left = 0): string[] => {
  if (rows.length === 0) return [];
  const [, ...lines] = table([{ title: "" }, { title: "", right: true }], rows);
  return list(title, lines, left);
};

const list = (title: string, lines: readonly string[], left = 0): string[] =>
  lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`), ...(left > 0 ? [`  … and ${count(left)} more (--limit)`] : [])];

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

interface Tally {
  readonly name: string;
  readonly events: number;
}

/** Counts everything and keeps the first changes only: a day may have a million events. */
const eventsBetween = async (session: Session, { from, to, limit }: Stretch) => {
  const [types, streams, actors] = [tally(), tally(), tally()];
  const told: Changing[] = [];
  let [events, all, room] = [0, 0, limit];
  for await (const { type, stream, event } of logLeaves(session, { after: from, to })) {
    events += 1;
    types.add(type);
    streams.add(stream);
    if (!event) continue;
    actors.add(event.actor);
    const changes = trustChangesIn(event);
    all += changes.length;
    if (changes.length === 0 || room === 0) continue;
    const lines = isPublication(changes) ? 1 : Math.min(changes.length, room);
    told.push({ by: event, changes: isPublication(changes) ? changes : changes.slice(0, lines) });
    room -= lines;
  }
  return { events, types: types.most(), streams: streams.most(), actors: actors.most(), trust: { all, told } };
};

const mostNames = 100_000;

const tally = () => {
  const counts = new Map<string, number>();
  return {
    add: (name: string): void => {
      if (counts.size >= mostNames && !counts.has(name)) throw new CliError(exitCodes.refused, "there are too many different streams between the two", { hint: "choose a shorter stretch" });
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    most: (): readonly Tally[] => [...counts].map(([name, events]) => ({ name, events })).toSorted((a, b) => b.events - a.events || (a.name < b.name ? -1 : 1)),
  };
};
