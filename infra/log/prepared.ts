import { InvalidInput, PayloadTooLarge } from "#domain/kernel/errors.ts";
import type { Cause } from "#domain/kernel/event.ts";
import { type AppendOptions, type Expected, maxEventBytes, type NewEvent } from "#commands/ports/event-log.ts";

/** An append that every engine can store: checked, and its data written as JSON once. */
export interface PreparedAppend {
  readonly stream: string;
  readonly expected: Expected;
  readonly cause: Cause;
  readonly events: readonly PreparedEvent[];
  /** About; for the size of groups. */
  readonly bytes: number;
}

export interface PreparedEvent {
  readonly id: string;
  readonly type: string;
  /** On one line: JSON.stringify escapes control characters, NUL too. */
  readonly json: string;
}

/** Throws `InvalidInput` for what an engine could not keep, before it could harm the neighbours in its group. */
export const prepared = (stream: string, events: readonly NewEvent[], { expected, cause }: AppendOptions): PreparedAppend => {
  checkExpected(expected);
  checkName("stream", stream);
  checkName("commandId", cause.commandId);
  for (const [field, text] of Object.entries(cause)) checkText(field, text);
  if (events.length === 0) throw new RangeError(`nothing to append to ${stream}`);
  let bytes = 0;
  const written = events.map((event) => {
    const { json, size } = writtenOut(event);
    bytes += size + 200;
    return { id: event.id, type: event.type, json };
  });
  return { stream, expected, cause, events: written, bytes };
};

const writtenOut = ({ id, type, data }: NewEvent): { json: string; size: number } => {
  if (!uuid.test(id)) throw invalid("id", `${JSON.stringify(id)} is no UUID in lower case`);
  checkName("type", type);
  const json = JSON.stringify(data);
  const size = json.length * 3 > maxEventBytes ? Buffer.byteLength(json) : json.length;
  if (size > maxEventBytes) throw new PayloadTooLarge(type, size, maxEventBytes);
  return { json, size };
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const checkExpected = (expected: Expected) => {
  if (typeof expected === "number" && !(Number.isInteger(expected) && expected >= -1))
    throw new RangeError(`${expected} is no revision`);
};

// Names are indexed: PostgreSQL takes 2,704 bytes into an index entry, and no NUL into a text.
const longestName = 512;
// oxlint-disable-next-line no-control-regex -- finding them is what it is for
const control = /[\u0000-\u001f\u007f]/;

const checkName = (field: string, name: string) => {
  if (name === "" || name.length > longestName) throw invalid(field, `must have 1 to ${longestName} characters`);
  if (control.test(name)) throw invalid(field, "must not have control characters");
};

const checkText = (field: string, text: string | undefined) => {
  if (text?.includes("\u0000")) throw invalid(field, "must not have the character NUL");
};

const invalid = (field: string, message: string) => new InvalidInput([{ path: [field], message }]);
