import { encode } from "#api/cli/client.ts";
import { concurrently } from "#api/cli/concurrently.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { Batches } from "#api/cli/import/batches.ts";
import type { Prepared } from "#api/cli/import/load-index.ts";
import { asked } from "#api/cli/mutation.ts";
import { recordLinks, recordNodes, withdraw } from "#api/cli/operations/graph.ts";
import { patiently } from "#api/cli/patience.ts";
import { Progress } from "#api/cli/progress.ts";
import type { Session } from "#api/cli/session.ts";
import { enumName } from "./asked.ts";
import type { Facts, Withdrawn } from "./facts-file.ts";

export interface Sent {
  /** Events that it took: none where all was there already. */
  readonly events: number;
  readonly position: number;
}

interface Saying {
  readonly source: string;
  readonly reason: string | undefined;
}

const limits = { items: 1000, bytes: 1_000_000 };
const commandsAtOnce = 4;

export const recording = ({ nodes, links }: Facts, { source, reason }: Saying): Prepared[] => {
  const prepared: Prepared[] = [];
  const inBatches = batched<object>((items) => {
    const { body, read } = encode(recordNodes, { input: { source, nodes: items, ...asked(reason) } });
    prepared.push({ items: items.length, command: { body, read: (data) => read(data).recordNodes } });
  });
  for (const { key, kind, attributes } of nodes.values()) inBatches.add({ key, kind: enumName(kind), attributes });
  inBatches.flush();
  const linksInBatches = batched<object>((items) => {
    const { body, read } = encode(recordLinks, { input: { source, links: items, ...asked(reason) } });
    prepared.push({ items: items.length, command: { body, read: (data) => read(data).recordLinks } });
  });
  for (const { type, ...link } of links.values()) linksInBatches.add({ type: enumName(type), ...link });
  linksInBatches.flush();
  return prepared;
};

export const withdrawing = ({ nodes, links }: Withdrawn, { source, reason }: Saying): Prepared[] => {
  const prepared: Prepared[] = [];
  const batch = (keys: readonly string[], some: readonly object[]) => {
    const { body, read } = encode(withdraw, { input: { source, keys, links: some, ...asked(reason) } });
    prepared.push({ items: keys.length + some.length, command: { body, read: (data) => read(data).withdraw } });
  };
  const linksInBatches = batched<object>((items) => batch([], items));
  for (const { type, ...link } of links.values()) linksInBatches.add({ type: enumName(type), ...link });
  linksInBatches.flush();
  const inBatches = batched<string>((items) => batch(items, []));
  for (const key of nodes.keys()) inBatches.add(key);
  inBatches.flush();
  return prepared;
};

const batched = <Item>(emit: (items: readonly Item[]) => void) => new Batches<Item>(limits, (item) => JSON.stringify(item).length, emit);

/** Sends what was prepared, a few commands at a time. */
export const sendAll = async (session: Session, label: string, prepared: readonly Prepared[]): Promise<Sent> => {
  using progress = new Progress(session.output, label, prepared.reduce((sum, { items }) => sum + items, 0));
  const receipts = await concurrently(prepared, commandsAtOnce, async ({ items, command }) => {
    const { receipt } = await patiently(session, () => session.client.send(command));
    progress.advance(items);
    return receipt;
  }).catch((cause: unknown) => {
    const hint = "the same command again does only what is missing";
    throw session.signal.aborted ? new CliError(exitCodes.interrupted, "interrupted", { hint, cause }) : cause;
  });
  return { events: receipts.reduce((sum, { eventIds }) => sum + eventIds.length, 0), position: Math.max(0, ...receipts.map(({ position }) => position)) };
};
