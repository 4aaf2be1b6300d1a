import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { command } from "#api/cli/command.ts";
import { concurrently } from "#api/cli/concurrently.ts";
import { CliError, exitCodes, usageError } from "#api/cli/exit.ts";
import { count, counted, duration, printable } from "#api/cli/format.ts";
import type { Prepared } from "#api/cli/import/load-index.ts";
import { asked, reasonOption } from "#api/cli/mutation.ts";
import { recordDocument, type RecordedDocument } from "#api/cli/operations/graph.ts";
import type { Receipt } from "#api/cli/operations/shared.ts";
import { patiently } from "#api/cli/patience.ts";
import { Progress } from "#api/cli/progress.ts";
import type { Session } from "#api/cli/session.ts";
import type { Output } from "#api/cli/terminal.ts";
import type { z } from "zod";
import { sourceOption } from "./asked.ts";
import { type DocumentFile, readFiles } from "./read-files.ts";
import { sendAll } from "./send-facts.ts";

export const importFiles = command(
  {
    name: "graph import",
    summary: "read SBOMs, attestations, advisories, locks and indexes into the graph",
    operands: ["FILE…"],
    details: [
      "What a file is, is told by its content: CycloneDX 1.4 to 1.6 and SPDX 2.2 and 2.3 (JSON), in-toto statements and SLSA provenance v1, alone or in DSSE envelopes and sigstore bundles (.jsonl: one a line), OSV advisories, npm locks, Debian package indexes. Of a folder: all its .json, .jsonl and .sigstore.",
      "All files are looked at before anything is sent. Documents are kept byte by byte; what a source has said already leaves no event. With --key the signatures of envelopes are checked; exit code 6 where one of them has none that a given key made.",
      "Of an advisory's ranges the graph gets the versions that it knows now: read it again when there are new ones. npm's, Cargo's, Go's, Hex's, Pub's and Debian's versions are compared; of others the versions count that the advisory lists.",
    ],
    options: {
      source: sourceOption,
      key: { kind: "list", value: "FILE", help: "a public key in PEM (Ed25519, ECDSA P-256, RSA) to check signatures with" },
      reason: reasonOption,
    },
    examples: [
      ["graph import sbom.cdx.json --source syft", "an SBOM"],
      ["graph import provenance.intoto.jsonl --key builder.pem", "provenance, checked"],
      ["graph import package-lock.json /var/lib/apt/lists/*Packages*", "indexes"],
    ],
  },
  async (session, { operands, values }) => {
    const keys = await Promise.all((values.key ?? []).map(keyIn));
    const { documents, indexes } = await readFiles(operands, { reason: values.reason });
    const source = values.source ?? "ci";
    const versions = await sendIndexes(session, indexes.flatMap(({ commands }) => commands));
    const recorded = await sendDocuments(session, documents, { source, keys, reason: values.reason });
    const found = {
      source,
      documents: recorded.map(({ name, document, receipt }) => ({ file: name, ...document, events: receipt.eventIds.length })),
      indexes: indexes.map(({ name, versions: some }) => ({ file: name, versions: some })),
      events: versions.events + recorded.reduce((sum, { receipt }) => sum + receipt.eventIds.length, 0),
      position: Math.max(versions.position, ...recorded.map(({ receipt }) => receipt.position)),
      milliseconds: Math.round(performance.now() - session.started),
    };
    await session.output.result(found, () => [
      ...found.documents.flatMap((one) => documentLines(session.output, one)),
      ...found.indexes.map((one) => `${session.output.bold(printable(one.file))}  ${counted(one.versions, "package version")}${versions.events === 0 ? ": there already" : ""}`),
      found.events === 0 ? "nothing new: all of it was there already" : `${counted(found.events, "event")} in ${duration(found.milliseconds)}, up to position ${count(found.position)}`,
    ]);
    const unverified = keys.length > 0 && found.documents.some(({ signatures }) => signatures.length > 0 && signatures.every(({ verdict }) => verdict !== "VERIFIED"));
    return unverified ? exitCodes.unverified : exitCodes.ok;
  },
);

const keyIn = async (file: string): Promise<string> => {
  const pem = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError(exitCodes.usage, `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  // A private key stays on this machine.
  if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem) || pem.includes("PRIVATE KEY")) throw usageError(`${file} holds no public key in PEM`, "of a private key: openssl pkey -in KEY -pubout");
  return pem;
};

const sendIndexes = async (session: Session, commands: readonly Prepared[]) => (commands.length === 0 ? { events: 0, position: 0 } : sendAll(session, "importing versions", commands));

interface Saying {
  readonly source: string;
  readonly keys: readonly string[];
  readonly reason: string | undefined;
}

interface Recorded {
  readonly name: string;
  readonly document: RecordedDocument;
  readonly receipt: z.infer<typeof Receipt>;
}

/** What fits into a request goes along; larger ones are uploaded first. */
const inline = 1_000_000;

const sendDocuments = async (session: Session, documents: readonly DocumentFile[], { source, keys, reason }: Saying): Promise<Recorded[]> => {
  if (documents.length === 0) return [];
  using progress = new Progress(session.output, "reading", documents.length);
  // In their order: of two that contradict each other the second holds, each time.
  return await concurrently(documents, 1, async ({ name, bytes }) => {
    const command = asked(reason);
    const { receipt, document } = await patiently(session, async () => {
      const content = bytes.length <= inline ? { content: bytes.toString() } : { blob: (await session.client.upload(Readable.from([bytes]))).sha256 };
      return (await session.client.request(recordDocument, { input: { source, ...content, keys, ...command } })).recordDocument;
    });
    progress.advance(1);
    return { name, document, receipt };
  });
};

const documentLines = (output: Output, { file, key, withdrawn, skipped, signatures, ...document }: RecordedDocument & { readonly file: string }): string[] => [
  `${output.bold(printable(file))}  ${document.format}, ${counted(document.nodes, "node")}, ${counted(document.links, "link")}: ${newsText(document)}${withdrawn > 0 ? `, ${counted(withdrawn, "link")} withdrawn` : ""}`,
  `  ${output.dim(key)}`,
  ...signatures.map((one) => `  signature${one.keyid === null ? "" : ` of ${printable(one.keyid)}`}: ${verdictText(output, one)}`),
  ...skipped.map((what) => output.dim(`  not taken: ${printable(what)}`)),
];

const newsText = ({ nodes, links, newNodes, newLinks }: Pick<RecordedDocument, "nodes" | "links" | "newNodes" | "newLinks">): string => {
  if (newNodes === 0 && newLinks === 0) return "there already";
  if (newNodes === nodes && newLinks === links) return "all new";
  const what = newLinks === 0 ? "what it says" : counted(newLinks, "link");
  return `${what} of ${counted(newNodes, "node")} ${newLinks > 1 ? "are" : "is"} new, the rest was there already`;
};

const verdictText = (output: Output, { verdict, key }: RecordedDocument["signatures"][number]): string => {
  if (verdict === "VERIFIED") return output.green(`verified by ${key}`);
  return verdict === "NOT_VERIFIED" ? output.red("NOT VERIFIED by any key given") : output.yellow("no key given");
};
