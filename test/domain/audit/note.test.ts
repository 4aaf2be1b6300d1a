import assert from "node:assert/strict";
import { checkpointNote, formatCheckpoint, openCheckpoint, parseCheckpoint } from "#domain/audit/checkpoint.ts";
import { emptyRoot } from "#domain/audit/merkle.ts";
import { formatNoteKey, openNote, parseNote, parseNoteKey } from "#domain/audit/note.ts";
import { formatTlogProof, parseTlogProof } from "#domain/audit/tlog-proof.ts";
import { verifyEd25519 } from "#commands/audit/ed25519.ts";
import { memorySigner } from "#test/support/memory-signer.ts";

// The example of Go's golang.org/x/mod/sumdb/note.
const goKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const goNote = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

const signed = async () => {
  const signer = memorySigner();
  const { keyid, key } = await signer.generate("ledger");
  const noteKey = { name: "example.com/log", publicKey: Buffer.from(key.keyval.public, "hex") };
  const checkpoint = { origin: noteKey.name, size: 7, root: emptyRoot };
  const { sig } = await signer.sign(keyid, Buffer.from(formatCheckpoint(checkpoint)));
  return { noteKey, checkpoint, note: checkpointNote(checkpoint, noteKey, Buffer.from(sig, "hex")) };
};

describe("Signed notes", () => {
  it("of Go's sumdb are read, and its key", () => {
    const key = parseNoteKey(goKey);
    assert.ok(key);
    assert.equal(formatNoteKey(key), goKey);
    assert.match(openNote(goNote, key, verifyEd25519) ?? "", /^If you think/);
    assert.equal(openNote(goNote.replace("cryptography", "Cryptography"), key, verifyEd25519), null);
  });

  it("carry checkpoints, of the log that their key is named for", async () => {
    const { noteKey, checkpoint, note } = await signed();
    assert.deepEqual(openCheckpoint(note, noteKey, verifyEd25519), checkpoint);
    assert.equal(openCheckpoint(note, { ...noteKey, name: "example.com/other" }, verifyEd25519), null);
    assert.equal(openCheckpoint(note.replace("\n7\n", "\n8\n"), noteKey, verifyEd25519), null);
    assert.deepEqual(parseNoteKey(formatNoteKey(noteKey)), noteKey);
  });

  it("may have the signatures of witnesses beside the log's own", async () => {
    const { noteKey, checkpoint, note } = await signed();
    const line = goNote.split("\n").at(-2) ?? "";
    assert.deepEqual(openCheckpoint(`${note}${line}\n`, noteKey, verifyEd25519), checkpoint);
    assert.equal(openCheckpoint(`${note.slice(0, note.indexOf("— "))}${line}\n`, noteKey, verifyEd25519), null);
  });

  it("that are none are refused, and checkpoints that have another form", () => {
    for (const wrong of ["", "text\n", "text\n\n", "text\n\n— a\n", "te\txt\n\n— a AAAAAAA=\n", "text\n\n— a AAAAAAAA"]) assert.equal(parseNote(wrong), null, wrong);
    const root = emptyRoot.toString("base64");
    assert.deepEqual(parseCheckpoint(`o\n7\n${root}\nmore\n`), { origin: "o", size: 7, root: emptyRoot });
    for (const wrong of ["", "\n7\n", `o\n07\n${root}\n`, `o\n-1\n${root}\n`, `o\n7\n${root}`, "o\n7\nAAAA\n", `o\n9007199254740993\n${root}\n`])
      assert.equal(parseCheckpoint(wrong), null, wrong);
  });

  it("stand in tlog-proofs behind the audit path", async () => {
    const { note } = await signed();
    const proof = { index: 5, proof: [emptyRoot, emptyRoot], checkpoint: note };
    const text = formatTlogProof(proof);
    assert.deepEqual(parseTlogProof(text), proof);
    assert.deepEqual(parseTlogProof(text.replace("\nindex", "\nextra AAAA\nindex")), proof);
    for (const wrong of ["", text.replace("@v1", "@v2"), text.replace("index 5", "index five"), text.replace("\n\n", "\nAAAA\n\n")]) assert.equal(parseTlogProof(wrong), null);
  });
});
