import { count, duration } from "./format.ts";
import type { Output, Stream } from "./terminal.ts";

/** Shows how far a long work is: a bar that is drawn again on a terminal (of several works the first), else a line every few seconds. */
export class Progress implements Disposable {
  readonly #bars: Set<object>;
  readonly #stream: Stream | null;
  readonly #live: boolean;
  readonly #label: string;
  readonly #total: number;
  readonly #started = performance.now();
  #done = 0;
  #drawn = 0;

  constructor(output: Output, label: string, total: number) {
    this.#bars = output.bars.add(this);
    this.#stream = output.progress?.stream ?? null;
    this.#live = output.progress?.live ?? false;
    this.#label = label;
    this.#total = total;
    this.#draw();
  }

  advance(by: number): void {
    this.#done += by;
    const now = performance.now();
    if (this.#done < this.#total && now - this.#drawn < (this.#live ? 100 : 3000)) return;
    this.#draw();
  }

  /** Leaves the line to whatever comes next. */
  [Symbol.dispose](): void {
    if (this.#live && this.#hasLine) this.#stream?.write("\r\u001b[K");
    this.#bars.delete(this);
  }

  get #hasLine(): boolean {
    return this.#bars.values().next().value === this;
  }

  #draw(): void {
    this.#drawn = performance.now();
    if (this.#live && !this.#hasLine) return;
    const text = progressLine({
      label: this.#label,
      done: this.#done,
      total: this.#total,
      milliseconds: this.#drawn - this.#started,
      columns: this.#live ? (this.#stream?.columns ?? 80) : null,
    });
    this.#stream?.write(this.#live ? `\r${text}\u001b[K` : `${text}\n`);
  }
}

/** One state of the bar; without `columns` a plain line. */
export const progressLine = (state: {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly milliseconds: number;
  readonly columns: number | null;
}): string => {
  const { label, done, total, milliseconds, columns } = state;
  const share = total === 0 ? 1 : done / total;
  const rate = milliseconds > 0 ? (done / milliseconds) * 1000 : 0;
  const left = done > 0 && done < total ? `, ${duration(((total - done) / rate) * 1000)} left` : "";
  const facts = `${String(Math.floor(share * 100)).padStart(3)} %  ${count(done)}/${count(total)}${done > 0 ? `  ${count(Math.round(rate))}/s` : ""}${left}`;
  if (columns === null) return `${label}: ${facts.trim()}`;
  const room = columns - 1 - label.length - facts.length - 4;
  const bar = room < 8 ? "" : `[${"#".repeat(Math.round(Math.min(room, 30) * share)).padEnd(Math.min(room, 30), "·")}] `;
  return `${label} ${bar}${facts}`.slice(0, columns - 1);
};
