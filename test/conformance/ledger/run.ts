import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { formatTilePath } from "#domain/audit/tile-path.ts";
import { tileWidth } from "#domain/audit/tiles.ts";
import { entryOf } from "#domain/audit/leaf.ts";
import { ask } from "#test/support/graphql.ts";
import { covered, happen } from "#test/support/ledger.ts";
import { bootstrap } from "#test/support/publishing.ts";
import { startWaybill } from "#test/support/waybill.ts";

// `node test/conformance/ledger/run.ts`: a ledger of a running Waybill, verified by Go's libraries (go/main.go). Needs Go 1.26 and its
// module proxy, once; that is why `npm test` does not run it.

const Inclusion = z.object({ inclusionProof: z.object({ index: z.number(), size: z.number(), hashes: z.array(z.string()), tlogProof: z.string() }) });
const Consistency = z.object({ consistencyProof: z.object({ from: z.number(), to: z.number(), hashes: z.array(z.string()) }) });

await using waybill = await startWaybill({ environment: { WAYBILL_LEDGER_ORIGIN: "example.com/waybill" } });
const folder = await mkdtemp(join(tmpdir(), "waybill-go-"));

const get = async (path: string): Promise<Buffer> => {
  const response = await fetch(`${waybill.url}/ledger/${path}`, { headers: { authorization: `Bearer ${waybill.token}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
};
const write = async (name: string, content: string | Buffer): Promise<void> => {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), content);
};

await bootstrap(waybill, "demo", 2);
await happen(waybill, 90);
const first = await covered(waybill);
await happen(waybill, 640);
const second = await covered(waybill);

await write("key", await get("key"));
await write("checkpoint-1", first.note);
await write("checkpoint-2", second.note);
for (let level = 0; second.size >= tileWidth ** level; level++)
  for (let index = 0, count = Math.floor(second.size / tileWidth ** level); index * tileWidth < count; index++) {
    const path = formatTilePath({ level, index, width: Math.min(tileWidth, count - index * tileWidth) });
    await write(path, await get(path));
  }

const log = (await get("log")).toString().split("\n").slice(0, second.size);
const entries = log.map((text) => entryOf(text, z.object({ position: z.number() }).parse(JSON.parse(text)).position));
const places = [0, 1, 89, 255, 256, 511, 512, second.size - 1];
const inclusions = await Promise.all(
  places.map(async (at) => {
    const position = z.object({ position: z.number() }).parse(JSON.parse(log[at] ?? "")).position;
    const { inclusionProof } = await ask(waybill, "query ($position: Position) { inclusionProof(position: $position) { index size hashes tlogProof } }", { position }, Inclusion);
    return Object.assign(inclusionProof, { entry: entries[at] });
  }),
);
await write("inclusion.json", JSON.stringify(inclusions));
await write("event.tlog-proof", inclusions[3]?.tlogProof ?? "");
await write("event.json", inclusions[3]?.entry ?? "");
const heads = { from: first.size, to: second.size };
const { consistencyProof } = await ask(waybill, "query ($from: Float!, $to: Float!) { consistencyProof(from: $from, to: $to) { from to hashes } }", heads, Consistency);
await write("consistency.json", JSON.stringify([consistencyProof]));

const go = spawnSync("go", ["run", ".", folder], { cwd: join(import.meta.dirname, "go"), stdio: "inherit" });
await rm(folder, { recursive: true });
process.exitCode = go.status ?? 1;
