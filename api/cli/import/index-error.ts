/** A file to import that cannot be trusted as it is: where, and what is wrong. Nothing was sent. */
export class IndexError extends Error {
  override readonly name = "IndexError";
  readonly file: string;
  /** From 1; null where the file has no lines to name. */
  readonly line: number | null;

  constructor(file: string, line: number | null, problem: string, options: { cause?: unknown } = {}) {
    super(`${file}${line === null ? "" : `, line ${line}`}: ${problem}`, options);
    this.file = file;
    this.line = line;
  }
}
