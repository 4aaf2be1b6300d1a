import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { CliError, exitCodes, usageError } from "./exit.ts";
import { counted } from "./format.ts";
import { backoff, isAway } from "./patience.ts";
import type { Session } from "./session.ts";

interface Wanted {
  readonly file: string;
  readonly after?: number | undefined;
  readonly until?: number | undefined;
  readonly filter?: string | undefined;
  readonly stream?: string | undefined;
  readonly type?: string | undefined;
  readonly follow?: boolean | undefined;
  readonly limit?: number | undefined;
}

/** Writes events into a file, a line each; a lost connection and an earlier run are taken up behind the last whole line. */
export const exportEvents = async (session: Session, wanted: Wanted): Promise<number> => {
  for (const other of ["follow", "limit", "stream", "type"] as const)
    if (wanted[other] !== undefined) throw usageError(`--${other} does not go together with --export`, "--filter says which events, --until how far");
  if (wanted.file === "-") {
    const { written } = await copy(session, wanted, wanted.after ?? 0, (lines) => session.output.line(lines.join("\n")));
    return told(session, written);
  }
  await using file = await open(wanted.file, "a+");
  const { size, position } = await wholeLines(file);
  await file.truncate(size);
  if (position !== null && wanted.after !== undefined && wanted.after !== position)
    throw usageError(`${wanted.file} ends at position ${position}`, "leave --after out to go on there, or choose another file");
  const { written } = await copy(session, wanted, position ?? wanted.after ?? 0, async (lines) => void (await file.write(`${lines.join("\n")}\n`)));
  await file.sync();
  return told(session, written, `${wanted.file}${position === null ? "" : `, behind position ${position}`}`);
};

const told = ({ output }: Session, written: number, place?: string): number => {
  output.note(written === 0 ? "there is nothing new" : `${counted(written, "event")} written${place === undefined ? "" : ` to ${place}`}`);
  return exitCodes.ok;
};

const linesAtOnce = 200;

const copy = async (session: Session, { until, filter }: Wanted, after: number, write: (lines: readonly string[]) => Promise<void>) => {
  let [position, written] = [after, 0];
  let lines: string[] = [];
  const flush = async () => {
    if (lines.length === 0) return;
    await write(lines);
    written += lines.length;
    position = positionOf(lines.at(-1) ?? "") ?? position;
    lines = [];
  };
  for (let attempt = 0; ; attempt++) {
    const before = written;
    const query = new URLSearchParams({ after: String(position), ...(until === undefined ? {} : { until: String(until) }), ...(filter === undefined ? {} : { filter }) });
    try {
      for await (const line of session.client.lines(`events.ndjson?${query.toString()}`)) if (lines.push(line) >= linesAtOnce) await flush();
      await flush();
      return { written };
    } catch (error) {
      await flush();
      if (written > before) attempt = 0;
      if (!isAway(error) || written === 0 || attempt > 10) throw error;
      session.output.note(`${error.message}; going on behind position ${position}`);
      await sleep(backoff(error, attempt) * 1000, undefined, { signal: session.signal });
    }
  }
};

const Line = z.object({ position: z.int() });

const positionOf = (line: string): number | null => {
  try {
    return Line.safeParse(JSON.parse(line)).data?.position ?? null;
  } catch {
    return null;
  }
};

const chunkBytes = 1_000_000;
const lineBeginning = '{"position":';

/** Where the last whole line ends, and its position; null where there is none. */
const wholeLines = async (file: Awaited<ReturnType<typeof open>>): Promise<{ readonly size: number; readonly position: number | null }> => {
  const { size } = await file.stat();
  const tail = Buffer.alloc(Math.min(size, chunkBytes * 2));
  await file.read(tail, 0, tail.length, size - tail.length);
  const end = tail.lastIndexOf("\n");
  // The first line of all was torn: nothing but that may be thrown away.
  if (end < 0 && lineBeginning.startsWith(tail.subarray(0, lineBeginning.length).toString())) return { size: 0, position: null };
  const position = end < 0 ? null : positionOf(tail.subarray(tail.lastIndexOf("\n", end - 1) + 1, end).toString());
  if (position === null) throw new CliError(exitCodes.usage, "the file holds something else than exported events", { hint: "choose another file" });
  return { size: size - tail.length + end + 1, position };
};
