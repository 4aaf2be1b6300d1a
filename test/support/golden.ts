import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const base = join(import.meta.dirname, "../golden");

/** A folder of test/golden has exactly these files, byte for byte. `GOLDEN=write npm test` writes them anew: read the diff. */
export const isGolden = (folder: string, files: ReadonlyMap<string, Uint8Array>): void => {
  const path = join(base, folder);
  if (process.env["GOLDEN"] === "write") {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
    for (const [name, bytes] of files) writeFileSync(join(path, name), bytes);
  }
  assert.deepEqual(readdirSync(path).sort(), [...files.keys()].sort());
  for (const [name, bytes] of files) assert.equal(Buffer.from(bytes).toString(), readFileSync(join(path, name), "utf8"), name);
};
