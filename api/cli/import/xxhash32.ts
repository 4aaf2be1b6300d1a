// XXH32 with seed 0, the checksum of LZ4 frames: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
const p1 = 0x9e3779b1;
const p2 = 0x85ebca77;
const p3 = 0xc2b2ae3d;
const p4 = 0x27d4eb2f;
const p5 = 0x165667b1;

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
const round = (lane: number, word: number): number => Math.imul(rotate((lane + Math.imul(word, p2)) | 0, 13), p1);

/** The hash of bytes that come in pieces. */
export class Xxhash32 {
  readonly #lanes = new Int32Array([p1 + p2, p2, 0, -p1]);
  #total = 0;
  #rest: Buffer = Buffer.alloc(0);

  update(bytes: Buffer): this {
    this.#total += bytes.length;
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const end = all.length - (all.length % 16);
    let [a = 0, b = 0, c = 0, d = 0] = this.#lanes;
    for (let at = 0; at < end; at += 16) {
      a = round(a, all.readInt32LE(at));
      b = round(b, all.readInt32LE(at + 4));
      c = round(c, all.readInt32LE(at + 8));
      d = round(d, all.readInt32LE(at + 12));
    }
    this.#lanes.set([a, b, c, d]);
    // A copy: the caller may use its buffer again.
    this.#rest = Buffer.from(all.subarray(end));
    return this;
  }

  digest(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#lanes;
    let hash = this.#total >= 16 ? (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0 : p5;
    hash = (hash + this.#total) | 0;
    const words = this.#rest.length - (this.#rest.length % 4);
    for (let at = 0; at < words; at += 4) hash = Math.imul(rotate((hash + Math.imul(this.#rest.readInt32LE(at), p3)) | 0, 17), p4);
    for (const byte of this.#rest.subarray(words)) hash = Math.imul(rotate((hash + Math.imul(byte, p5)) | 0, 11), p1);
    hash = Math.imul(hash ^ (hash >>> 15), p2);
    hash = Math.imul(hash ^ (hash >>> 13), p3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

export const xxhash32 = (bytes: Buffer): number => new Xxhash32().update(bytes).digest();
