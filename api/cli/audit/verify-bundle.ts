import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { openCheckpoint } from "#domain/audit/checkpoint.ts";
import { compactRange } from "#domain/audit/compact-range.ts";
import { canonicalEvent, entryOf } from "#domain/audit/leaf.ts";
import { hashLeaf } from "#domain/audit/merkle.ts";
import { formatNoteKey, type NoteKey, parseNoteKey } from "#domain/audit/note.ts";
import { verifyEd25519 } from "#commands/audit/ed25519.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import { counted, printable } from "#api/cli/format.ts";
import { BundleHeader, BundleLine } from "./bundle.ts";
import type { Checked, Finding } from "./verify/checked.ts";

/** Verifies a bundle as it is read; `given`: the key that the reader trusts, else the bundle's own. */
export const verifyBundle = async (file: string, given: NoteKey | null): Promise<Checked> => {
  const findings: Finding[] = [];
  const add = (message: string, position: number | null = null, event: string | null = null) => void findings.push({ check: "bundle", position, event, message });
  const lines = createInterface({ input: file === "-" ? process.stdin : createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  const read = folding(add);
  let header: BundleHeader | null = null;
  try {
    for await (const line of lines)
      if (header === null) header = headerOf(line, file);
      else read.line(line);
  } catch (cause) {
    if (cause instanceof CliError || !(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new CliError(exitCodes.usage, `cannot read ${file}: ${cause.message}`, { cause });
  }
  if (header === null) throw notBundle(file);
  const key = given ?? parseNoteKey(header.key);
  const checkpoint = key && openCheckpoint(header.checkpoint, key, verifyEd25519);
  if (!checkpoint) add(`its checkpoint is not signed by the key ${given ? formatNoteKey(given) : header.key}`);
  if (!read.ended()) add("it has no end: something was cut off");
  else if (checkpoint && (read.size() !== checkpoint.size || !read.root().equals(checkpoint.root))) add("its events do not lead to the root that was signed: an event was changed, dropped, put in or exchanged");
  const { selection } = header;
  if (selection.filter === "" && read.holes() > 0) add("events in the middle of it are left out, though it was not made with a filter");
  const [first, last] = read.between();
  const facts = { events: read.events(), first, last, withheld: read.withheld(), size: checkpoint?.size ?? null, origin: checkpoint?.origin ?? null, selection, keyFrom: given ? "given" : "bundle", exportedAt: header.exportedAt };
  return { check: "bundle", findings, more: 0, summary: summaryOf(facts), facts };
};

const headerOf = (line: string, file: string): BundleHeader => {
  const parsed = BundleHeader.safeParse(jsonOf(line));
  if (!parsed.data) throw notBundle(file);
  return parsed.data;
};

const notBundle = (file: string): CliError => new CliError(exitCodes.usage, `${file} is no bundle of waybill audit export`);

const folding = (add: (message: string, position?: number | null, event?: string | null) => void) => {
  const range = compactRange();
  let [events, withheld, first, last, ended] = [0, 0, 0, 0, false];
  let [gap, holes] = [false, 0];
  const shown = (): void => {
    if (gap && events + withheld > 0) holes += 1;
    gap = false;
  };
  const line = (text: string): void => {
    const read = BundleLine.safeParse(jsonOf(text)).data;
    if (!read || ended) add(ended ? "something stands behind its end" : `a line is not understood: ${printable(text.slice(0, 60))}`);
    else if ("end" in read) {
      ended = true;
      if (read.end.events !== events) add(`it has ${events} events, and ${read.end.events} were written`);
    } else if ("event" in read) {
      const { event } = read;
      if (event.position <= last) add("is not behind the one before it", event.position, event.id);
      shown();
      last = event.position;
      first ||= last;
      events += 1;
      range.push(hashLeaf(entryOf(canonicalEvent(event), event.position)));
    } else push(Buffer.from(read.subtree.hash, "base64"), read.subtree.level, read.subtree.withheld === true);
  };
  const push = (hash: Buffer, level: number, hidden: boolean): void => {
    if (hidden && level === 0) shown();
    else gap = true;
    if (hidden) withheld += 1;
    try {
      range.push(hash, level);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      add(error.message);
    }
  };
  return { line, ended: () => ended, holes: () => holes, between: () => [first, last] as const, events: () => events, withheld: () => withheld, size: range.size, root: range.root };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

interface Facts {
  readonly events: number;
  readonly first: number;
  readonly last: number;
  readonly withheld: number;
  readonly origin: string | null;
  readonly size: number | null;
  readonly keyFrom: string;
  readonly selection: BundleHeader["selection"];
}

const summaryOf = ({ events, first, last, withheld, origin, size, keyFrom, selection }: Facts): string =>
  [
    `${counted(events, "event")} of ${printable(origin ?? "?")}, ${selection.filter === "" ? `every one from position ${first} to ${last}` : `chosen by ${printable(selection.filter)}`}`,
    `by a checkpoint of ${counted(size ?? 0, "event")}`,
    ...(withheld > 0 ? [`${counted(withheld, "event")} by hash only`] : []),
    ...(keyFrom === "bundle" ? ["the key is the bundle's own: --key FILE"] : []),
  ].join("; ");
