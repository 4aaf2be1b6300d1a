import { ByteReader } from "./byte-reader.ts";
import { CorruptCompression, decodeBlock } from "./lz4-block.ts";
import { Xxhash32, xxhash32 } from "./xxhash32.ts";

const frameMagic = 0x184d2204;
const firstSkippable = 0x184d2a50;
const window = 65_536;

/**
 * Decompresses LZ4 frames, as many as follow one another, in the memory of one block.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export async function* decompressLz4(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(source);
  for (let magic = await reader.take(4); magic.length > 0; magic = await reader.take(4)) {
    const kind = magic.length === 4 ? magic.readUInt32LE() : 0;
    if (kind === frameMagic) yield* decodeFrame(reader);
    else if (kind - (kind % 16) === firstSkippable) await exactly(reader, (await exactly(reader, 4)).readUInt32LE());
    else throw new CorruptCompression(`no frame begins at byte ${reader.position - magic.length}`);
  }
}

interface Descriptor {
  readonly linked: boolean;
  readonly blockChecksums: boolean;
  readonly contentChecksum: boolean;
  readonly maxBlock: number;
}

async function* decodeFrame(reader: ByteReader): AsyncGenerator<Uint8Array> {
  const { linked, blockChecksums, contentChecksum, maxBlock } = await readDescriptor(reader);
  const checksum = new Xxhash32();
  const out = Buffer.alloc(window + maxBlock);
  let history = 0;
  for (let header = await word(reader); header !== 0; header = await word(reader)) {
    const size = header & 0x7fffffff;
    if (size > maxBlock) throw new CorruptCompression(`a block at byte ${reader.position} is larger than its frame allows`);
    const block = await exactly(reader, size);
    if (blockChecksums && (await word(reader)) !== xxhash32(block)) throw wrongChecksum("a block", reader);
    const end = header >>> 31 === 1 ? history + block.copy(out, history) : decodeAt(reader, block, out, history);
    const decoded = Buffer.from(out.subarray(history, end));
    if (contentChecksum) checksum.update(decoded);
    yield decoded;
    // The next block may refer to the last 64 KB only.
    if (linked) history = out.copyWithin(0, Math.max(0, end - window), end) && Math.min(end, window);
  }
  if (contentChecksum && (await word(reader)) !== checksum.digest()) throw wrongChecksum("the content", reader);
}

const readDescriptor = async (reader: ByteReader): Promise<Descriptor> => {
  const [flags = 0, limits = 0] = await reader.peek(2);
  if (flags >>> 6 !== 1) throw new CorruptCompression(`unknown version of the frame format at byte ${reader.position}`);
  const sizes = (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
  const descriptor = await exactly(reader, 2 + sizes);
  const [checksum] = await exactly(reader, 1);
  if (checksum !== ((xxhash32(descriptor) >>> 8) & 255)) throw wrongChecksum("a frame's header", reader);
  if (flags & 1) throw new CorruptCompression("the frame needs a dictionary");
  const blockSize = (limits >>> 4) & 7;
  if (blockSize < 4) throw new CorruptCompression(`unknown block size at byte ${reader.position}`);
  return {
    linked: (flags & 32) === 0,
    blockChecksums: (flags & 16) !== 0,
    contentChecksum: (flags & 4) !== 0,
    maxBlock: 1 << (8 + 2 * blockSize),
  };
};

const decodeAt = (reader: ByteReader, block: Buffer, out: Buffer, start: number): number => {
  try {
    return decodeBlock(block, out, start);
  } catch (cause) {
    throw new CorruptCompression(`the block before byte ${reader.position} is corrupt`, { cause });
  }
};

const exactly = async (reader: ByteReader, length: number): Promise<Buffer> => {
  const bytes = await reader.take(length);
  if (bytes.length < length) throw new CorruptCompression(`it ends at byte ${reader.position}, in the middle of a frame`);
  return bytes;
};

const word = async (reader: ByteReader): Promise<number> => (await exactly(reader, 4)).readUInt32LE();

const wrongChecksum = (what: string, reader: ByteReader): CorruptCompression =>
  new CorruptCompression(`the checksum of ${what} before byte ${reader.position} is wrong`);
