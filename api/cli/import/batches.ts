/** How much one command holds at most. */
export interface BatchLimits {
  readonly items: number;
  /** Of JSON, about; one item may be larger alone. */
  readonly bytes: number;
}

/** Collects items and gives them away in batches, each as large as the limits allow. */
export class Batches<Item> {
  readonly #limits: BatchLimits;
  readonly #sizeOf: (item: Item) => number;
  readonly #emit: (items: readonly Item[]) => void;
  #items: Item[] = [];
  #bytes = 0;

  constructor(limits: BatchLimits, sizeOf: (item: Item) => number, emit: (items: readonly Item[]) => void) {
    this.#limits = limits;
    this.#sizeOf = sizeOf;
    this.#emit = emit;
  }

  add(item: Item): void {
    const bytes = this.#sizeOf(item);
    if (this.#items.length >= this.#limits.items || this.#bytes + bytes > this.#limits.bytes) this.flush();
    this.#items.push(item);
    this.#bytes += bytes;
  }

  flush(): void {
    if (this.#items.length > 0) this.#emit(this.#items);
    this.#items = [];
    this.#bytes = 0;
  }
}
