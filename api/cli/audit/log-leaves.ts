import { z } from "zod";
import { entryOf } from "#domain/audit/leaf.ts";
import { type Hash, hashLeaf } from "#domain/audit/merkle.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import { CliError, exitCodes } from "#api/cli/exit.ts";
import type { Session } from "#api/cli/session.ts";
import { unbroken } from "./unbroken.ts";

/** An event of the log, as a leaf that was hashed here. */
export interface LogLeaf extends Pick<StoredEvent, "position" | "id" | "stream" | "revision" | "type"> {
  readonly hash: Hash;
  /** Null where the token may not see it: then the hash is the server's word. */
  readonly event: StoredEvent | null;
  /** The canonical text, as it came. */
  readonly text: string;
}

const place = { position: z.int(), id: z.string(), stream: z.string(), revision: z.int(), type: z.string() };

export const EventLine = z.looseObject({
  ...place,
  at: z.string(),
  actor: z.string(),
  reason: z.string().optional(),
  commandId: z.string(),
  correlationId: z.string(),
  causationId: z.string().optional(),
  traceparent: z.string().optional(),
  data: z.custom<JsonObject>((data) => typeof data === "object" && data !== null),
});
const Withheld = z.object({ withheld: z.object({ ...place, leaf: z.string() }) });
const End = z.object({ end: z.object({ position: z.int() }) });

interface Stretch {
  /** Exclusive. */
  readonly after: number;
  readonly to: number;
}

/** Every event of the log itself between two positions, in order. */
export async function* logLeaves(session: Session, stretch: Stretch): AsyncGenerator<LogLeaf> {
  for await (const some of logLeafBatches(session, stretch)) yield* some;
}

/** The same, as many at a time as have come. */
export async function* logLeafBatches(session: Session, { after, to }: Stretch): AsyncGenerator<readonly LogLeaf[]> {
  let position = after;
  const read = (lines: readonly string[]) => {
    const { leaves, ended } = leavesOf(lines);
    position = leaves.at(-1)?.position ?? position;
    return { items: leaves, ended };
  };
  yield* unbroken(session, { name: "the log", address: () => `ledger/log?after=${position}&to=${to}`, read });
}

const leavesOf = (lines: readonly string[]): { readonly leaves: readonly LogLeaf[]; readonly ended: boolean } => {
  const leaves: LogLeaf[] = [];
  for (const line of lines) {
    const read = leafOf(line);
    if (read === "end") return { leaves, ended: true };
    leaves.push(read);
  }
  return { leaves, ended: false };
};

const isText = (value: unknown): boolean => typeof value === "string";
const isTextOrAbsent = (value: unknown): boolean => value === undefined || typeof value === "string";
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

/** What `EventLine` takes, asked by hand: there may be millions of lines. */
const isEvent = (line: unknown): line is StoredEvent =>
  isObject(line) &&
  Number.isSafeInteger(line["position"]) && Number.isSafeInteger(line["revision"]) &&
  isText(line["id"]) && isText(line["stream"]) && isText(line["type"]) && isText(line["at"]) && isText(line["actor"]) &&
  isText(line["commandId"]) && isText(line["correlationId"]) &&
  isTextOrAbsent(line["reason"]) && isTextOrAbsent(line["causationId"]) && isTextOrAbsent(line["traceparent"]) &&
  isObject(line["data"]);

const leafOf = (text: string): LogLeaf | "end" => {
  const line: unknown = JSON.parse(text);
  if (isEvent(line)) {
    const { position, id, stream, revision, type } = line;
    return { position, id, stream, revision, type, event: line, text, hash: hashLeaf(entryOf(text, position)) };
  }
  const withheld = Withheld.safeParse(line).data?.withheld;
  if (withheld) return { ...withheld, event: null, text, hash: Buffer.from(withheld.leaf, "base64") };
  if (End.safeParse(line).success) return "end";
  throw new CliError(exitCodes.failed, "the server's answer is not understood", { hint: "is it of another version? see: waybill version" });
};
