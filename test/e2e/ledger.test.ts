import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { openCheckpoint } from "#domain/audit/checkpoint.ts";
import { parseNoteKey } from "#domain/audit/note.ts";
import { isConsistent } from "#domain/audit/proofs.ts";
import { verifyEd25519 } from "#commands/audit/ed25519.ts";
import { ask } from "#test/support/graphql.ts";
import { auditVerify, cli, covered, happen } from "#test/support/ledger.ts";
import { eventually } from "#test/support/projecting.ts";
import { bootstrap, settled } from "#test/support/publishing.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";

// The log and the database are files that a test can take away.
const environment = { LOG_ENGINE: "sqlite", DATABASE_URL: "", WAYBILL_LEDGER_INTERVAL_MS: "100", WAYBILL_LEDGER_ORIGIN: "example.com/waybill" };
const publishing = { ...environment, WAYBILL_LEDGER_REPOSITORY: "demo", WAYBILL_LEDGER_PUBLICATION_MS: "300" };

const Head = z.object({ status: z.object({ log: z.object({ head: z.int() }), workers: z.array(z.object({ kind: z.string(), state: z.string() })) }) });
const status = async (waybill: TestWaybill) => (await ask(waybill, "{ status { log { head } workers { kind state } } }", {}, Head)).status;
const fetched = async (waybill: TestWaybill, path: string, token = ""): Promise<Response> =>
  fetch(`${waybill.url}/ledger/${path}`, token === "" ? {} : { headers: { authorization: `Bearer ${token}` } });

describe("A ledger that is published", () => {
  let waybill: TestWaybill;
  before(async () => {
    waybill = await startWaybill({ environment: publishing });
    await bootstrap(waybill, "demo", 2);
    await happen(waybill, 20);
  });
  after(() => waybill[Symbol.asyncDispose]());

  it("gives clients key and head by the root that they trust, and comes to rest", async () => {
    const list = async () => (await cli(waybill, "show", "demo", "--targets", "--json")).stdout;
    await eventually(list, (text) => text.includes("ledger/checkpoint") && text.includes("ledger/key"));
    await settled(waybill, "demo");
    const { code, facts } = await auditVerify(waybill, "--repository", "demo");
    assert.deepEqual([code, facts?.["keyFrom"], facts?.["key"]], [0, "tuf", "example.com/waybill"]);
    const rests = async () => {
      await settled(waybill, "demo");
      const before = (await status(waybill)).log.head;
      await sleep(1500);
      return (await status(waybill)).log.head === before;
    };
    await eventually(rests, (is) => is);
  });

  it("shows hashes to everybody, and events to whom may see them", async () => {
    const { size } = await covered(waybill);
    const { secret } = z.object({ secret: z.string() }).parse(JSON.parse((await cli(waybill, "token", "create", "reader", "--scope", "read", "--json")).stdout));
    for (const path of ["checkpoint", "key", `tile/0/000.p/${size}`]) assert.equal((await fetched(waybill, path)).status, 200, path);
    assert.equal((await fetched(waybill, "tile/0/000")).status, 404);
    assert.equal((await fetched(waybill, `tile/entries/000.p/${size}`)).status, 401);
    assert.equal((await fetched(waybill, `tile/entries/000.p/${size}`, secret)).status, 403);
    assert.equal((await fetched(waybill, `tile/entries/000.p/${size}`, waybill.token)).status, 200);
    const [hashes, tile] = [await fetched(waybill, "hashes/0"), await fetched(waybill, `tile/0/000.p/${size}`)];
    assert.deepEqual(Buffer.from(await hashes.arrayBuffer()).subarray(0, 32 * size), Buffer.from(await tile.arrayBuffer()));
    for (const path of ["log", "leaves", "leaves/0"]) assert.equal((await fetched(waybill, path)).status, 401, path);
    assert.equal((await fetched(waybill, "leaves?from=x", secret)).status, 400);
    const rows = (await (await fetched(waybill, "leaves?from=2", secret)).text()).split("\n").map((line): unknown => (line === "" ? null : JSON.parse(line)));
    assert.deepEqual(z.tuple([z.int(), z.int(), z.uuid()]).parse(rows[0]).slice(0, 2), [2, 3]);
    assert.ok(z.object({ end: z.object({ size: z.int().min(size) }) }).safeParse(rows.at(-2)).success);
    const lines = await (await fetched(waybill, "log", secret)).text();
    assert.doesNotMatch(lines, /secretSha256/);
    assert.equal((await auditVerify({ url: waybill.url, token: secret })).code, 0);
  });

  it("proves and exports what verifies without a server, and does not when it was changed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "waybill-audit-"));
    const file = join(folder, "all.audit");
    const [proven, exported] = [await cli(waybill, "audit", "prove", "3"), await cli(waybill, "audit", "export", "--after", "2", "--filter", "type=trust.*", "-o", file)];
    assert.deepEqual([proven.code, exported.code], [0, 0], proven.stderr + exported.stderr);
    const nowhere = { url: "http://127.0.0.1:1", token: "" };
    const key = await (await fetched(waybill, "key")).text();
    assert.equal((await auditVerify(nowhere, "--bundle", file, "--key", key)).code, 0);
    await writeFile(file, readFileSync(file, "utf8").replace('"revision":0', '"revision":1'));
    assert.equal((await auditVerify(nowhere, "--bundle", file)).code, 6);
    await rm(folder, { recursive: true });
  });
});

describe("A ledger whose database was lost", () => {
  let waybill: TestWaybill;
  before(async () => {
    waybill = await startWaybill({ environment });
    await happen(waybill, 30);
  });
  after(() => waybill[Symbol.asyncDispose]());

  const lose = async (meanwhile: () => void = () => undefined) => {
    await waybill.kill();
    await rm(join(waybill.data, "postgres"), { recursive: true });
    meanwhile();
    await waybill.start();
  };

  it("is filled from the log, and goes on from what was signed", async () => {
    const before = await covered(waybill);
    await lose();
    await happen(waybill, 5);
    const after = await covered(waybill);
    const key = parseNoteKey(await (await fetched(waybill, "key")).text());
    assert.ok(key);
    const [from, to] = [openCheckpoint(before.note, key, verifyEd25519), openCheckpoint(after.note, key, verifyEd25519)];
    assert.ok(from && to && from.size < to.size);
    const Proof = z.object({ consistencyProof: z.object({ hashes: z.array(z.string()) }) });
    const { consistencyProof } = await ask(waybill, "query ($from: Float!, $to: Float!) { consistencyProof(from: $from, to: $to) { hashes } }", { from: from.size, to: to.size }, Proof);
    assert.ok(isConsistent(from, to, consistencyProof.hashes.map((hash) => Buffer.from(hash, "base64"))));
  });

  it("signs nothing any more where the log was changed or cut meanwhile, and says so", async () => {
    const before = await covered(waybill);
    const stopped = async (sql: string, says: RegExp) => {
      await lose(() => {
        using db = new DatabaseSync(join(waybill.data, "log.sqlite"));
        db.exec(sql);
      });
      const { workers } = await eventually(() => status(waybill), ({ workers }) => workers.some(({ kind, state }) => kind === "ledger" && state.startsWith("stopped")));
      assert.match(workers.find(({ kind }) => kind === "ledger")?.state ?? "", says);
      const shown = await fetched(waybill, "checkpoint");
      assert.ok(shown.status === 404 || (await shown.text()) === before.note);
      assert.equal(readFileSync(join(waybill.data, "ledger-checkpoint"), "utf8"), before.note);
    };
    await stopped(`delete from events where position > ${before.size - 3}`, /its tail was cut/);
    await happen(waybill, 10);
    await stopped("update events set actor = 'nobody' where position = 5", /the log was changed/);
  });
});
