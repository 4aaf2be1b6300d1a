import { createReadStream } from "node:fs";
import { PassThrough, Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { ByteReader } from "./byte-reader.ts";
import { CorruptCompression } from "./lz4-block.ts";
import { decompressLz4 } from "./lz4.ts";
import { webStream } from "#api/cli/web-stream.ts";

type Bytes = AsyncIterable<Uint8Array>;

interface Format {
  readonly name: string;
  readonly magic: readonly number[];
  readonly open: (bytes: Bytes) => Bytes;
}

/** Known by their first bytes: apt and people rename files. */
const formats: readonly Format[] = [
  { name: "gzip", magic: [0x1f, 0x8b], open: (bytes) => through(bytes, createGunzip()) },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], open: (bytes) => decompressXz(bytes) },
  { name: "lz4", magic: [0x04, 0x22, 0x4d, 0x18], open: decompressLz4 },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd], open: (bytes) => through(bytes, createZstdDecompress()) },
  {
    name: "bzip2",
    magic: [0x42, 0x5a, 0x68],
    open: () => refuse("this compression is not supported: unpack the file first, with bunzip2"),
  },
];

/** The content of a file, plain or compressed. Throws `CorruptCompression` with the name of the compression. */
export async function* readDecompressed(file: string): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(createReadStream(file, { highWaterMark: 256 * 1024 }));
  const head = await reader.peek(6);
  const format = formats.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
  try {
    yield* format ? format.open(reader.rest()) : reader.rest();
  } catch (cause) {
    // The disk's own trouble is not the compression's.
    if (!format || (cause instanceof Error && "syscall" in cause)) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new CorruptCompression(`broken ${format.name} compression: ${problem}`, { cause });
  }
}

const refuse = (problem: string): never => {
  throw new CorruptCompression(problem);
};

async function* through(bytes: Bytes, transform: Transform): Bytes & AsyncGenerator<Uint8Array> {
  const out = new PassThrough({ highWaterMark: 256 * 1024 });
  const piped = pipeline(Readable.from(bytes), transform, out);
  // The failure is thrown by the loop below, too; this one must not count as unhandled.
  piped.catch(() => {});
  yield* out;
  await piped;
}

// xz has no home in Node; the decoder is loaded only where it is needed.
async function* decompressXz(bytes: Bytes): AsyncGenerator<Uint8Array> {
  const { default: xz } = await import("xz-decompress");
  try {
    yield* new xz.XzReadableStream(webStream(bytes));
  } catch (cause) {
    throw new CorruptCompression(xzProblems.get(Number(/error code (\d+)/.exec(String(cause))?.[1])) ?? String(cause), { cause });
  }
}

// `enum xz_ret` of XZ Embedded, which the decoder is made of.
const xzProblems = new Map([
  [3, "it needs too much memory"],
  [4, "it needs too much memory"],
  [5, "it is no xz file"],
  [6, "it uses an option that is not supported"],
  [7, "the data is corrupt"],
  [8, "the file is cut off"],
]);
