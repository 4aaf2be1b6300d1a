import assert from "node:assert/strict";
import { openCheckpoint } from "#domain/audit/checkpoint.ts";
import { hashLeaf, type Hash } from "#domain/audit/merkle.ts";
import { ledgerCodec } from "#domain/audit/events.ts";
import { ledgerDecider } from "#domain/audit/ledger.ts";
import { verifyEd25519 } from "#commands/audit/ed25519.ts";
import { establishLedger } from "#commands/audit/establish-ledger.ts";
import { hasNews } from "#commands/audit/publish-checkpoint.ts";
import { noteKeyOf, signCheckpoint, TreeContradicts } from "#commands/audit/sign-checkpoint.ts";
import { aggregate } from "#commands/kernel/aggregate.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { naiveRoot } from "#test/domain/audit/naive.ts";
import { memorySigner } from "#test/support/memory-signer.ts";

const leaves = Array.from({ length: 20 }, (_, index) => hashLeaf(`event ${index}`));
const changed = leaves.with(3, hashLeaf("another"));
const tree = (hashes: readonly Hash[]) => async (size: number) => (size <= hashes.length ? { size, root: naiveRoot(hashes.slice(0, size)) } : null);

const established = async () => {
  const [log, signer] = [memoryLog(), memorySigner()];
  const ledgers = aggregate(ledgerDecider, ledgerCodec, log);
  return { log, ledgers, signer, ledger: await establishLedger(ledgers, signer, "example.com/log") };
};

describe("Signing checkpoints", () => {
  it("establishes one key, whoever asks and however often", async () => {
    const { ledgers, signer, ledger } = await established();
    assert.deepEqual(await establishLedger(ledgers, signer, "example.com/other"), ledger);
    assert.equal(ledger.origin, "example.com/log");
  });

  it("signs a tree that holds everything that was signed before", async () => {
    const needs = await established();
    const first = await signCheckpoint({ ...needs, headAt: tree(leaves), signed: [] }, 7);
    const second = await signCheckpoint({ ...needs, headAt: tree(leaves), signed: [first ?? ""] }, 20);
    assert.deepEqual(openCheckpoint(second ?? "", noteKeyOf(needs.ledger), verifyEd25519), { origin: "example.com/log", size: 20, root: naiveRoot(leaves) });
  });

  it("never signs a tree that contradicts what was signed, wherever that is remembered", async () => {
    const needs = await established();
    const [early, late] = [await signCheckpoint({ ...needs, headAt: tree(leaves), signed: [] }, 2), await signCheckpoint({ ...needs, headAt: tree(leaves), signed: [] }, 7)];
    const sign = (...signed: readonly (string | null)[]) => signCheckpoint({ ...needs, headAt: tree(changed), signed: signed.map((note) => note ?? "") }, 20);
    assert.notEqual(await sign(early), null);
    await assert.rejects(sign(early, late), TreeContradicts);
    await assert.rejects(sign(late), /the log was changed/);
  });

  it("signs nothing while the tree is filled again and is smaller than what was signed", async () => {
    const needs = await established();
    const note = await signCheckpoint({ ...needs, headAt: tree(leaves), signed: [] }, 15);
    assert.equal(await signCheckpoint({ ...needs, headAt: tree(leaves.slice(0, 9)), signed: [note ?? ""] }, 9), null);
  });

  it("is not called for by a publication's own events", async () => {
    const { log, ledgers, ledger } = await established();
    assert.equal(await hasNews(log, ledger), true);
    const cause = { actor: "system", commandId: crypto.randomUUID(), correlationId: "31a7b0a0-0000-8000-8000-000000000000" };
    await ledgers.handle("audit.ledger", { type: "RecordPublication", repository: "demo", size: 1, position: 1, checkpoint: "note" }, cause);
    const { state } = await ledgers.latest("audit.ledger");
    assert.ok(state);
    // Recorded by somebody else: that is news. Behind itself there is none.
    assert.equal(await hasNews(log, state), true);
    assert.equal(await hasNews(log, { published: state.published && { ...state.published, position: await log.head() } }), false);
  });
});
