/** What is wrong with compressed bytes. */
export class CorruptCompression extends Error {
  override readonly name = "CorruptCompression";
}

const corrupt = (): CorruptCompression => new CorruptCompression("a block is corrupt");

/**
 * Decodes one LZ4 block into `out` from `start` on and returns the end. Whatever lies before `start` may be referred to.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
export const decodeBlock = (block: Uint8Array, out: Buffer, start: number): number => {
  let from = 0;
  let to = start;
  const extended = (length: number): number => {
    for (let byte = 255; byte === 255; length += byte) {
      if (from >= block.length) throw corrupt();
      byte = block[from++] ?? 0;
    }
    return length;
  };
  while (from < block.length) {
    const token = block[from++] ?? 0;
    const literals = token >>> 4 === 15 ? extended(15) : token >>> 4;
    if (from + literals > block.length || to + literals > out.length) throw corrupt();
    out.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === block.length) return to;
    const offset = (block[from] ?? 0) | ((block[from + 1] ?? 0) << 8);
    from += 2;
    const length = ((token & 15) === 15 ? extended(15) : token & 15) + 4;
    if (offset === 0 || offset > to || to + length > out.length) throw corrupt();
    copyMatch(out, to, offset, length);
    to += length;
  }
  throw corrupt();
};

const copyMatch = (out: Buffer, to: number, offset: number, length: number): void => {
  if (offset >= length && length > 32) out.copyWithin(to, to - offset, to - offset + length);
  // Overlapping: a match may repeat what it is just writing, so byte by byte.
  else for (let at = to; at < to + length; at++) out[at] = out[at - offset] ?? 0;
};
