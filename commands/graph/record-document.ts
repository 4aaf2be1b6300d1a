import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { isRefusal, refuse, type Refusal } from "#domain/kernel/decider.ts";
import type { Cause } from "#domain/kernel/event.ts";
import { type Attributes, type LinkClaim, type LinkKey, type NodeClaim, type SourceEvent, sourceStream } from "#domain/graph/events.ts";
import type { Reading } from "#domain/graph/intake/document.ts";
import { openDocument } from "#domain/graph/intake/read-document.ts";
import { type SourceCommand, sources as decider } from "#domain/graph/sources.ts";
import { lookUp } from "#domain/kernel/persistent-map.ts";
import type { Commands, RecordedDocument } from "#commands/commands.ts";
import { commandIdOf } from "#commands/kernel/command-id.ts";
import type { BlobStore } from "#commands/ports/blob-store.ts";
import type { Receipt } from "#commands/ports/event-log.ts";
import type { KnownVersions } from "#commands/ports/known-versions.ts";
import type { Sources } from "./sources.ts";
import { type Checked, verifyEnvelope, type VerifyingKey, verifyingKey } from "./verify-envelope.ts";

export interface Intake {
  readonly sources: Sources;
  readonly blobs: BlobStore;
  readonly known: KnownVersions;
}

/** Largest document, in bytes: it is held in memory. */
export const largestDocument = 64_000_000;
/** Facts of one command of a source, as elsewhere. */
const atOnce = 1000;

/**
 * Reads a document into the graph as what a source says: the whole of it, or nothing where it cannot be read. Its bytes are kept as they
 * are. A large one takes several appends; one that was interrupted is completed by the same command again.
 */
export const recordDocument =
  ({ sources, blobs, known }: Intake): Commands["recordDocument"] =>
  async ({ source, content, keys: pems }, cause) => {
    const keys = pems.map(verifyingKey);
    const odd = keys.indexOf(null);
    if (odd >= 0) return refuse("KEY_MALFORMED", `key ${odd + 1} is not a public key in PEM: Ed25519, ECDSA on P-256, or RSA of 2048 bits or more`, { index: odd });
    const bytes = await bytesOf(blobs, content);
    if (isRefusal(bytes)) return bytes;
    const opened = openDocument(bytes);
    if (isRefusal(opened)) return opened;
    const reading = "advisory" in opened ? opened.advisory.read(lookingIn(await known.of(opened.advisory.packages))) : opened.reading;
    const checked = "envelope" in opened ? verifyEnvelope(opened.envelope, keys.filter((key) => key !== null)) : [];
    const stream = sourceStream(source);
    const { state } = await sources.latest(stream);
    const claimed = (key: string) => lookUp(state, key) !== undefined;
    const facts = { ...withVerdicts(opened.key, reading, checked, claimed), gone: [] as LinkKey[] };
    if ("advisory" in opened) facts.gone.push(...noLonger(facts.links, opened.advisory.vulnerability, await known.affectedBy(opened.advisory.vulnerability, source)));
    const [nodes, links] = [decider.decide({ type: "RecordNodes", source, nodes: facts.nodes }, state), decider.decide({ type: "RecordLinks", source, links: facts.links }, state)];
    if (isRefusal(nodes)) return nodes;
    if (isRefusal(links)) return links;
    if (content.from === "text") await blobs.put(Readable.from([bytes]), largestDocument);
    const receipt = await carryOut(sources, commandsOf(source, facts), cause);
    if (isRefusal(receipt)) return receipt;
    return { receipt, task: null, document: describe(opened.key, reading, { ...facts, news: newsIn([...nodes, ...links]), checked }) };
  };

type Content = Parameters<Commands["recordDocument"]>[0]["content"];

const bytesOf = async (blobs: BlobStore, content: Content) => {
  if (content.from === "text") return Buffer.from(content.text);
  const length = await blobs.length(content.sha256);
  if (length === null) return refuse("BLOB_NOT_FOUND", `nothing with SHA-256 ${content.sha256} was uploaded; POST /blobs does it`, { sha256: content.sha256 });
  if (length > largestDocument) return refuse("DOCUMENT_UNSUPPORTED", `a document has ${largestDocument} bytes at most, this one has ${length}`, { length });
  return buffer(blobs.open(content.sha256));
};

const lookingIn = (versions: ReadonlyMap<string, readonly string[]>) => (name: string) => versions.get(name) ?? [];

interface Facts {
  readonly nodes: readonly NodeClaim[];
  readonly links: readonly LinkClaim[];
}

/** What the signatures are worth goes to the attestation; without a key to check them, what was found out before stays. */
const withVerdicts = (document: string, { nodes, hints, links }: Reading, checked: readonly Checked[], claimed: (key: string) => boolean): Facts => {
  const more = hints.filter(({ key }) => !claimed(key));
  if (checked.length === 0) return { nodes: [...nodes, ...more], links };
  const unasked = checked.every(({ verdict }) => verdict === "no key given");
  const attributes = { verification: [...new Set(checked.map(({ verdict, verifier }) => (verifier ? `verified by ${verifier.key}` : verdict)))], ...keyids(checked) };
  const own = nodes.filter(({ key }) => key !== document || !unasked || !claimed(key)).map((node) => (node.key === document ? checkedNode(node, attributes) : node));
  const verifiers = new Map(checked.flatMap(({ verifier }) => (verifier ? [[verifier.key, verifier] as const] : [])));
  return {
    nodes: [...own, ...more, ...[...verifiers.values()].map(({ key, algorithm }: VerifyingKey): NodeClaim => ({ key, kind: "key", attributes: { algorithm } }))],
    links: [...links, ...[...verifiers.keys()].map((to): LinkClaim => ({ type: "signed-by", from: document, to, attributes: {} }))],
  };
};

const checkedNode = (node: NodeClaim, attributes: Attributes): NodeClaim => ({ ...node, attributes: { ...node.attributes, ...attributes } });

const keyids = (checked: readonly Checked[]) => {
  const named = checked.flatMap(({ keyid }) => (keyid === null ? [] : [keyid.slice(0, 200).toWellFormed()])).slice(0, 10);
  return named.length === 0 ? {} : { keyids: named };
};

/** What a vulnerability affected, by an earlier state of its advisory, and does not by this one. */
const noLonger = (links: readonly LinkClaim[], from: string, affected: readonly string[]): LinkKey[] => {
  const now = new Set(links.filter(({ type }) => type === "affects").map(({ to }) => to));
  return affected.filter((to) => !now.has(to)).map((to) => ({ type: "affects", from, to }));
};

const commandsOf = (source: string, { nodes, links, gone }: Facts & { readonly gone: readonly LinkKey[] }): SourceCommand[] => [
  ...inPieces(nodes).map((some): SourceCommand => ({ type: "RecordNodes", source, nodes: some })),
  ...inPieces(links).map((some): SourceCommand => ({ type: "RecordLinks", source, links: some })),
  ...inPieces(gone).map((some): SourceCommand => ({ type: "Withdraw", source, keys: [], links: some })),
];

const inPieces = <Item>(items: readonly Item[]): Item[][] => Array.from({ length: Math.ceil(items.length / atOnce) }, (_, index) => items.slice(index * atOnce, (index + 1) * atOnce));

/** One after the other; the receipt tells of all that was appended. */
const carryOut = async (sources: Sources, commands: readonly SourceCommand[], cause: Cause): Promise<Receipt | Refusal<"KIND_SETTLED" | "IDEMPOTENCY_KEY_REUSED">> => {
  const receipts: Receipt[] = [];
  for (const [index, command] of commands.entries()) {
    const commandId = index === 0 ? cause.commandId : commandIdOf(cause.commandId, String(index));
    const answer = await sources.handle(sourceStream(command.source), command, { ...cause, commandId });
    if (isRefusal(answer)) return answer;
    receipts.push(answer);
  }
  const [first] = receipts;
  if (!first) throw new Error("a document that says nothing was read");
  const last = receipts.reduce((one, other) => (other.position > one.position ? other : one));
  return { ...last, eventIds: receipts.flatMap(({ eventIds }) => eventIds), replayed: receipts.some(({ replayed }) => replayed) };
};

/** What a source says for the first time, or otherwise than before. */
const newsIn = (events: readonly SourceEvent[]): Facts => ({
  nodes: events.flatMap((event) => (event.type === "NodesRecorded" ? event.nodes : [])),
  links: events.flatMap((event) => (event.type === "LinksRecorded" ? event.links : [])),
});

/** Nodes that something is said of, also by a link alone. */
const spokenOf = ({ nodes, links }: Facts): Set<string> => new Set([...nodes.map(({ key }) => key), ...links.flatMap(({ from, to }) => [from, to])]);

interface Found extends Facts {
  readonly gone: readonly LinkKey[];
  readonly news: Facts;
  readonly checked: readonly Checked[];
}

const describe = (key: string, { format, skipped }: Reading, { nodes, links, gone, news, checked }: Found): RecordedDocument => ({
  key,
  format,
  nodes: spokenOf({ nodes, links }).add(key).size,
  links: links.length,
  news: { nodes: spokenOf(news).size, links: news.links.length },
  withdrawn: gone.length,
  skipped,
  signatures: checked.map(({ keyid, verdict, verifier }) => ({ keyid, verdict, key: verifier?.key ?? null })),
});
