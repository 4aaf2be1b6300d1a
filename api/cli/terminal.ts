import type { Writable } from "node:stream";
import { fitted, folded } from "./format.ts";

/** Where a command writes: the process's streams, or a test's. */
export interface Terminal {
  readonly stdout: Stream;
  readonly stderr: Stream;
}

export type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command says, to people or to programs. */
export class Output {
  /** What commands that are proposed begin with. */
  readonly program: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly #terminal: Terminal;
  readonly #color: boolean;

  constructor(terminal: Terminal, options: Pick<Output, "program" | "json" | "quiet"> & { readonly color: boolean }) {
    this.#terminal = terminal;
    this.program = options.program;
    this.json = options.json;
    this.quiet = options.quiet;
    this.#color = options.color;
  }

  /** The result: lines for people, folded to a terminal's width, or with --json the document. Waits for a slow reader. */
  async result(document: unknown, lines: () => readonly string[] | string): Promise<void> {
    if (this.json) return this.line(JSON.stringify(document));
    for (const line of [lines()].flat().flatMap((line) => fitted(line, this.width))) await this.line(line);
  }

  async line(text: string): Promise<void> {
    if (!this.#terminal.stdout.write(`${text}\n`)) await this.#drained();
  }

  /** Bytes as they are, for `-o -`. */
  async bytes(content: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of content) if (!this.#terminal.stdout.write(chunk)) await this.#drained();
  }

  /** A remark on the way: not part of the result. */
  note(text: string): void {
    const { stderr } = this.#terminal;
    if (!this.quiet) for (const line of folded("", text, stderr.columns ?? Number.POSITIVE_INFINITY)) stderr.write(`${line}\n`);
  }

  /** Columns of the standard output; 80 where it is no terminal. */
  get columns(): number {
    return this.#terminal.stdout.columns ?? 80;
  }

  /** Columns that a line of the standard output may take: any number where it is no terminal. */
  get width(): number {
    return this.#terminal.stdout.columns ?? Number.POSITIVE_INFINITY;
  }

  /** A text behind its head in lines of the terminal's width, which go on behind `hang`; in one line where it is no terminal. */
  folded(head: string, text: string, hang?: string): string[] {
    return folded(head, text, this.width, hang);
  }

  /** The bars under way: the first of them has the line. */
  readonly bars = new Set<object>();

  /** The stream of progress bars; null where nobody looks. */
  get progress(): { readonly stream: Stream; readonly live: boolean } | null {
    if (this.quiet) return null;
    return { stream: this.#terminal.stderr, live: this.#terminal.stderr.isTTY === true && !this.json };
  }

  readonly bold = (text: string): string => this.#styled(text, 1, 22);
  readonly dim = (text: string): string => this.#styled(text, 2, 22);
  readonly green = (text: string): string => this.#styled(text, 32, 39);
  readonly red = (text: string): string => this.#styled(text, 31, 39);
  readonly yellow = (text: string): string => this.#styled(text, 33, 39);

  #drained(): Promise<unknown> {
    return new Promise((resolve) => this.#terminal.stdout.once("drain", resolve));
  }

  #styled(text: string, on: number, off: number): string {
    return this.#color && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  }
}
