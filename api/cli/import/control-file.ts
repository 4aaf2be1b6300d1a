import { isUtf8 } from "node:buffer";
import { IndexError } from "./index-error.ts";
import { CorruptCompression } from "./lz4-block.ts";
import { wholeLines } from "./whole-lines.ts";

export interface Field {
  /** Folded lines are joined by a newline. */
  readonly text: string;
  readonly line: number;
}

/** One paragraph of a control file: those of its fields that were asked for. */
export interface Stanza<Name extends string> {
  readonly fields: ReadonlyMap<Name, Field>;
  /** The first and the last line. */
  readonly first: number;
  readonly last: number;
}

/**
 * The stanzas of a Debian control file (deb822(5)), in the groups in which they come. Field names match whatever their case.
 * Throws `IndexError` at a line that is neither a field nor the continuation of one, at a wanted field that comes twice, at
 * broken compression, and where the file was cut off in the middle of a line. Works on bytes: of 50 MB of index, 40 are
 * text that nobody wants as strings.
 */
export async function* readStanzas<Name extends string>(
  file: string,
  source: AsyncIterable<Uint8Array>,
  wanted: readonly Name[],
): AsyncGenerator<Stanza<Name>[]> {
  const reader = new StanzaReader(file, wanted);
  try {
    for await (const bytes of wholeLines(source)) yield reader.read(bytes);
  } catch (cause) {
    if (cause instanceof CorruptCompression) throw new IndexError(file, reader.line + 1, cause.message, { cause });
    throw cause;
  }
  yield reader.end();
}

interface Draft<Name extends string> {
  readonly fields: Map<Name, Field>;
  readonly first: number;
  last: number;
  /** The field that a continuation belongs to; null where nobody asked for it. */
  current: Name | null;
}

const [tab, newline, carriageReturn, space, colon] = [9, 10, 13, 32, 58];

class StanzaReader<Name extends string> {
  /** The last line that was read. */
  line = 0;
  readonly #file: string;
  readonly #names: Map<string, Name | null>;
  #open: Draft<Name> | null = null;
  #done: Stanza<Name>[] = [];

  constructor(file: string, wanted: readonly Name[]) {
    this.#file = file;
    this.#names = new Map(wanted.map((name) => [name.toLowerCase(), name]));
  }

  read(bytes: Buffer): Stanza<Name>[] {
    for (let start = 0; start < bytes.length;) {
      let end = start;
      while (end < bytes.length && bytes[end] !== newline) end++;
      this.line++;
      if (end === bytes.length) throw new IndexError(this.#file, this.line, "the file ends in the middle of this line");
      this.#take(bytes, start, bytes[end - 1] === carriageReturn && end > start ? end - 1 : end);
      start = end + 1;
    }
    return this.#done.splice(0);
  }

  end(): Stanza<Name>[] {
    return this.#open ? [this.#open] : [];
  }

  #take(bytes: Buffer, start: number, end: number): void {
    const folded = bytes[start] === space || bytes[start] === tab;
    if (start === end || (folded && bytes.toString("latin1", start, end).trim() === "")) {
      if (this.#open) this.#done.push(this.#open);
      this.#open = null;
      return;
    }
    if (folded && !this.#open) throw new IndexError(this.#file, this.line, "a continued line without a field before it");
    const open = (this.#open ??= { fields: new Map(), first: this.line, last: this.line, current: null });
    open.last = this.line;
    if (folded) this.#continue(open, bytes, start, end);
    else this.#begin(open, bytes, start, end);
  }

  #begin(open: Draft<Name>, bytes: Buffer, start: number, end: number): void {
    let to = start;
    while (to < end && bytes[to] !== colon) to++;
    open.current = this.#name(bytes.toString("latin1", start, to), to < end);
    if (open.current === null) return;
    if (open.fields.has(open.current)) throw new IndexError(this.#file, this.line, `${open.current} comes twice in one stanza`);
    open.fields.set(open.current, { line: this.line, text: this.#text(bytes, to + 1, end) });
  }

  #continue(open: Draft<Name>, bytes: Buffer, start: number, end: number): void {
    const before = open.current === null ? undefined : open.fields.get(open.current);
    if (open.current !== null && before)
      open.fields.set(open.current, { line: before.line, text: `${before.text}\n${this.#text(bytes, start, end)}` });
  }

  // Each spelling is looked at once: a file has a few dozen of them in millions of lines.
  #name(spelling: string, closed: boolean): Name | null {
    const known = this.#names.get(spelling);
    if (known !== undefined && closed) return known;
    if (!closed || !/^[!-9;-~]+$/.test(spelling))
      throw new IndexError(this.#file, this.line, `neither a field ("Name: value") nor the continuation of one: ${excerpt(spelling)}`);
    const name = this.#names.get(spelling.toLowerCase()) ?? null;
    this.#names.set(spelling, name);
    return name;
  }

  #text(bytes: Buffer, start: number, end: number): string {
    if (!isUtf8(bytes.subarray(start, end))) throw new IndexError(this.#file, this.line, "this is not UTF-8 text");
    return bytes.toString("utf8", start, end).trim();
  }
}

export const excerpt = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
