import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { readDecompressed } from "#api/cli/import/decompress.ts";
import { CorruptCompression } from "#api/cli/import/lz4-block.ts";
import { temporaryFolder } from "#test/api/cli/support/waybill.ts";

const fixtures = "test/api/cli/import/fixtures";

const read = async (bytes: Buffer): Promise<Buffer> => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "any-name");
  await writeFile(file, bytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of readDecompressed(file)) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
};

// Made by `lz4` and `xz`, which a machine that runs this may not have: linked blocks, checksums of blocks and content, two frames.
const compressed: Readonly<Record<string, (plain: Buffer) => Promise<Buffer>>> = {
  gzip: async (plain) => Buffer.concat([gzipSync(plain.subarray(0, 100)), gzipSync(plain.subarray(100))]),
  zstd: async (plain) => zstdCompressSync(plain),
  "lz4 as apt writes it": () => readFile(`${fixtures}/lines.lz4`),
  "lz4 with all checksums": () => readFile(`${fixtures}/lines-checked.lz4`),
  xz: () => readFile(`${fixtures}/lines.xz`),
};

const plain = Buffer.from(Array.from({ length: 9000 }, (_, index) => `pool/${index % 97}/package-${(index * index) % 1009}\n`).join(""));

describe("reading a compressed file", () => {
  for (const [name, make] of Object.entries(compressed)) {
    it(`knows ${name} by its first bytes`, async () => {
      assert.ok((await read(await make(plain))).equals(plain));
    });

    it(`notices that ${name} was cut off anywhere`, async () => {
      const bytes = await make(plain);
      for (const share of [0.2, 0.5, 0.9, 0.999])
        await assert.rejects(read(bytes.subarray(0, Math.floor(bytes.length * share))), CorruptCompression);
    });
  }

  it("notices a changed byte where there is a checksum", async () => {
    for (const name of ["gzip", "xz", "lz4 with all checksums"]) {
      const bytes = Buffer.from((await compressed[name]?.(plain)) ?? []);
      const middle = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 0x10, middle);
      await assert.rejects(read(bytes), CorruptCompression, name);
    }
  });

  it("never crashes or hangs on an lz4 with any one byte changed", async () => {
    const bytes = Buffer.from(await readFile(`${fixtures}/small.lz4`));
    for (let at = 4; at < bytes.length; at += 3) {
      const broken = Buffer.from(bytes);
      broken.writeUInt8(broken.readUInt8(at) ^ 0xff, at);
      await read(broken).catch((error: unknown) => assert.ok(error instanceof CorruptCompression, String(error)));
    }
  });

  it("gives a plain file as it is, an empty one too", async () => {
    assert.ok((await read(plain)).equals(plain));
    assert.equal((await read(Buffer.alloc(0))).length, 0);
  });

  it("says what to do with bzip2", async () => {
    await assert.rejects(read(Buffer.from("BZh91AY&SY")), /unpack the file first, with bunzip2/);
  });
});
