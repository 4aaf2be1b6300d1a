import assert from "node:assert/strict";
import { constants, generateKeyPairSync, hash, type KeyObject, sign } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { aggregate } from "#commands/kernel/aggregate.ts";
import { newId } from "#commands/kernel/command-id.ts";
import { recordDocument } from "#commands/graph/record-document.ts";
import type { KnownVersions } from "#commands/ports/known-versions.ts";
import { sourceCodec, type SourceEvent, sourceStream } from "#domain/graph/events.ts";
import { sources } from "#domain/graph/sources.ts";
import { isRefusal } from "#domain/kernel/decider.ts";
import { memoryLog } from "#infra/memory/event-log.ts";
import { advisory, cycloneDx, envelopeOf, provenance } from "#test/domain/graph/intake/samples.ts";
import { memoryBlobs, nothingKnown } from "#test/support/memory-blobs.ts";

const setting = (known: KnownVersions = nothingKnown) => {
  const log = memoryLog();
  const blobs = memoryBlobs();
  const streams = aggregate(sources, sourceCodec, log);
  const command = recordDocument({ sources: streams, blobs, known });
  const settle = (key: string) =>
    streams.handle(sourceStream("ci"), { type: "RecordNodes", source: "ci", nodes: [{ key, kind: "image", attributes: {} }] }, { actor: "test", commandId: newId(), correlationId: "test" });
  const record = (document: unknown, keys: readonly string[] = [], source = "ci") => {
    const commandId = newId();
    const text = typeof document === "string" ? document : JSON.stringify(document);
    return command({ source, content: { from: "text", text }, keys }, { actor: "test", commandId, correlationId: commandId });
  };
  const recorded = async (...asked: Parameters<typeof record>) => {
    const answer = await record(...asked);
    if (isRefusal(answer)) throw new Error(`${answer.refused}: ${answer.message}`);
    return answer;
  };
  const events = async (source = "ci"): Promise<SourceEvent[]> => (await log.read(sourceStream(source), { after: -1, limit: 1000 })).map((event) => sourceCodec.decode(event).event);
  return { blobs, record, recorded, events, log, settle };
};

const pemOf = (key: KeyObject) => String(key.export({ type: "spki", format: "pem" }));
const pairs = () => {
  const [ed, ec, rsa] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ec", { namedCurve: "P-256" }), generateKeyPairSync("rsa", { modulusLength: 2048 })];
  return [
    { name: "Ed25519", pem: pemOf(ed.publicKey), signed: (message: Buffer) => sign(null, message, ed.privateKey) },
    { name: "ECDSA on P-256", pem: pemOf(ec.publicKey), signed: (message: Buffer) => sign("sha256", message, ec.privateKey) },
    { name: "RSA PKCS #1", pem: pemOf(rsa.publicKey), signed: (message: Buffer) => sign("sha256", message, rsa.privateKey) },
    { name: "RSA-PSS", pem: pemOf(rsa.publicKey), signed: (message: Buffer) => sign("sha256", message, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }) },
  ];
};

const verification = (events: readonly SourceEvent[], key: string) =>
  events.flatMap((event) => (event.type === "NodesRecorded" ? event.nodes : [])).flatMap((node) => (node.key === key ? [node.attributes["verification"]] : []));

describe("Recording a document", () => {
  it("leaves no event the second time, and keeps its bytes as they were", async () => {
    const { recorded, events, blobs } = setting();
    const text = `${JSON.stringify(cycloneDx, null, 3)}\n`;
    const { document } = await recorded(text);
    const before = (await events()).length;
    const again = await recorded(text);
    assert.deepEqual([before, (await events()).length, again.receipt.eventIds], [2, 2, []]);
    assert.equal((await buffer(blobs.open(document.key.slice("sha256:".length)))).toString(), text);
  });

  it("tells how much it says, also of nodes that only links lead to, and what of it is new", async () => {
    const { recorded } = setting();
    const counts = async (document: object) => {
      const { nodes, links, news } = (await recorded(document)).document;
      return [nodes, links, news.nodes, news.links];
    };
    // The document, its image, three components, the packages of two of them.
    const [nodes, links] = await counts(cycloneDx);
    assert.deepEqual([nodes, links], [7, 8]);
    assert.deepEqual(await counts(cycloneDx), [7, 8, 0, 0]);
    // Other bytes are another document: itself and its link are new.
    assert.deepEqual(await counts({ ...cycloneDx, version: 2 }), [7, 8, 2, 1]);
  });

  it("refuses a malformed one with the place, and changes nothing", async () => {
    const { record, log } = setting();
    const answer = await record({ ...cycloneDx, components: [...cycloneDx.components, { type: "library" }] });
    assert.deepEqual(isRefusal(answer) && [answer.refused, answer.details["path"]], ["DOCUMENT_MALFORMED", "$.components[3].name"]);
    assert.equal(await log.head(), 0);
  });

  it("refuses one that the source said is something else, and changes nothing", async () => {
    const { record, events, settle } = setting();
    const text = JSON.stringify(cycloneDx);
    await settle(`sha256:${hash("sha256", text)}`);
    const answer = await record(text);
    assert.deepEqual([isRefusal(answer) && answer.refused, (await events()).length], ["KIND_SETTLED", 1]);
  });

  for (const { name, pem, signed } of pairs())
    it(`tells who signed an envelope: ${name}`, async () => {
      const { recorded, events } = setting();
      const { document } = await recorded(envelopeOf(provenance, signed), [pem]);
      const key = document.signatures[0]?.key ?? "";
      assert.deepEqual(document.signatures, [{ keyid: "ci-2026", verdict: "verified", key }]);
      assert.deepEqual(verification(await events(), document.key), [[`verified by ${key}`]]);
      assert.ok((await events()).some((event) => event.type === "LinksRecorded" && event.links.some(({ type, from, to }) => type === "signed-by" && from === document.key && to === key)));
    });

  it("says that nobody looked, or that none of the keys fits; without a key what was found out stays", async () => {
    const { recorded, events } = setting();
    const [ed, ec] = pairs();
    assert.ok(ed && ec);
    const envelope = envelopeOf(provenance, ed.signed);
    const verdicts: unknown[] = [];
    for (const keys of [[], [ec.pem], [], [ec.pem, ed.pem], []]) verdicts.push((await recorded(envelope, keys)).document.signatures[0]?.verdict);
    assert.deepEqual(verdicts, ["no key given", "not verified", "no key given", "verified", "no key given"]);
    const { document } = await recorded(envelope);
    assert.deepEqual(verification(await events(), document.key).flat().map((text) => String(text).split(" by ")[0]), ["no key given", "not verified", "verified"]);
  });

  it("refuses a changed payload's signature, and keys that are none, private ones above all", async () => {
    const { recorded, record } = setting();
    const [ed] = pairs();
    assert.ok(ed);
    const envelope = envelopeOf(provenance, ed.signed);
    const forged = { ...envelope, payload: Buffer.from(JSON.stringify({ ...provenance, subject: [{ digest: { sha256: "00".repeat(32) } }] })).toString("base64") };
    assert.equal((await recorded(forged, [ed.pem])).document.signatures[0]?.verdict, "not verified");
    const secret = String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
    const short = pemOf(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey);
    for (const pem of [secret, short, "key"]) {
      const answer = await record(envelope, [pem]);
      assert.equal(isRefusal(answer) && answer.refused, "KEY_MALFORMED");
    }
  });

  it("takes back what an advisory affected before, and does not any more", async () => {
    const affected = ["pkg:npm/ms@2.0.0", "pkg:npm/ms@9.0.0"];
    const known: KnownVersions = { of: async () => new Map([["pkg:npm/ms", ["pkg:npm/ms@2.0.0"]]]), affectedBy: async () => affected };
    const { recorded, events } = setting(known);
    const first = { ...advisory, affected: [{ package: { ecosystem: "npm", name: "ms" }, versions: affected.map((key) => key.split("@")[1]) }] };
    await recorded(first, [], "osv");
    const { document } = await recorded(advisory, [], "osv");
    assert.equal(document.withdrawn, 1);
    assert.deepEqual((await events("osv")).at(-1), { type: "LinksWithdrawn", source: "osv", links: [{ type: "affects", from: "vulnerability/GHSA-test-test-test", to: "pkg:npm/ms@9.0.0" }] });
  });

  it("takes a large one in many appends, and garbage in none", async () => {
    const { recorded, record, events } = setting();
    const components = Array.from({ length: 5000 }, (_, at) => ({ type: "library", name: `n${at}`, purl: `pkg:npm/n${at}@1.0.0` }));
    const { document, receipt } = await recorded({ ...cycloneDx, components });
    assert.deepEqual([document.links, (await events()).length], [10_001, receipt.eventIds.length]);
    assert.ok(isRefusal(await record("garbage")));
  });
});
