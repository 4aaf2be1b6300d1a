/** Exact numbers of bytes out of a stream of chunks of any size. */
export class ByteReader {
  /** Bytes handed out so far. */
  position = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** The next `length` bytes; fewer at the end of the stream. */
  async take(length: number): Promise<Buffer> {
    await this.#hold(length);
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(taken.length);
    this.position += taken.length;
    return taken;
  }

  /** The first bytes, which stay to be taken. */
  async peek(length: number): Promise<Buffer> {
    await this.#hold(length);
    return this.#held.subarray(0, length);
  }

  /** Everything that was not taken, in the chunks in which it comes. */
  async *rest(): AsyncGenerator<Buffer> {
    if (this.#held.length > 0) yield this.#held;
    this.#held = Buffer.alloc(0);
    for (let next = await this.#chunks.next(); !next.done; next = await this.#chunks.next()) yield view(next.value);
  }

  async #hold(length: number): Promise<void> {
    if (this.#held.length >= length) return;
    const parts = [this.#held];
    let total = this.#held.length;
    while (total < length) {
      const next = await this.#chunks.next();
      if (next.done) break;
      parts.push(view(next.value));
      total += next.value.length;
    }
    this.#held = Buffer.concat(parts, total);
  }
}

const view = (chunk: Uint8Array): Buffer => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
