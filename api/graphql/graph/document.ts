import { z } from "zod";
import type { Commands, RecordedDocument } from "#commands/commands.ts";
import { Source } from "#domain/graph/offered.ts";
import { InvalidInput } from "#domain/kernel/errors.ts";
import { builder } from "#api/graphql/builder.ts";
import { causeOf } from "#api/graphql/context.ts";
import { asked } from "#api/graphql/input/text.ts";
import { done, ReceiptType } from "#api/graphql/receipt.ts";

type Recorded = Exclude<Awaited<ReturnType<Commands["recordDocument"]>>, { readonly refused: string }>;

const RecordDocumentInput = builder
  .inputType("RecordDocumentInput", {
    fields: (t) => ({
      source: t.string({ required: true, description: "Who says so: `ci`, `syft`, `osv`." }),
      content: t.string({ description: "The document as it is, byte by byte; or, for a large one, `blob`." }),
      blob: t.string({ description: "SHA-256 of a document that was uploaded by POST /blobs; 64,000,000 bytes at most." }),
      keys: t.stringList({ description: "Public keys in PEM that the signatures of an envelope are checked with: Ed25519, ECDSA on P-256, RSA; 20 at most." }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  })
  .validate(
    z.object({
      ...asked,
      source: Source,
      content: z.string().min(1, "must not be empty").nullish(),
      blob: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits").nullish(),
      keys: z.array(z.string().max(10_000, "must have at most 10000 characters")).max(20, "must have at most 20 items").nullish(),
    }),
  );

const VerdictType = builder.enumType("SignatureVerdict", {
  description: "What a signature is worth.",
  values: {
    VERIFIED: { value: "verified", description: "One of the given keys made it." },
    NOT_VERIFIED: { value: "not verified", description: "None of the given keys made it." },
    NO_KEY_GIVEN: { value: "no key given", description: "Nobody knows." },
  },
});

const SignatureType = builder.objectRef<RecordedDocument["signatures"][number]>("DocumentSignature").implement({
  fields: (t) => ({
    keyid: t.exposeString("keyid", { nullable: true, description: "What the envelope calls the key: a hint, no more." }),
    verdict: t.expose("verdict", { type: VerdictType }),
    key: t.exposeString("key", { nullable: true, description: "Key of the node of the key that made it." }),
  }),
});

const DocumentType = builder.objectRef<RecordedDocument>("RecordedDocument").implement({
  description: "What a document says.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "Of its node: the SHA-256 of its bytes, which are kept." }),
    format: t.exposeString("format", { description: "`CycloneDX 1.6`, `SLSA provenance v1`." }),
    nodes: t.exposeInt("nodes", { description: "How many it says something of, by itself or by links that lead from or to them, recorded now or before." }),
    links: t.exposeInt("links"),
    newNodes: t.int({ description: "Of how many of these it says something that its source had not said, or otherwise.", resolve: ({ news }) => news.nodes }),
    newLinks: t.int({ description: "How many of these its source had not said, or otherwise.", resolve: ({ news }) => news.links }),
    withdrawn: t.exposeInt("withdrawn", { description: "Links that an earlier state of the same advisory said." }),
    skipped: t.exposeStringList("skipped", { description: "What it says beyond that." }),
    signatures: t.field({ type: [SignatureType], description: "Of an envelope, in its order.", resolve: ({ signatures }) => [...signatures] }),
  }),
});

const RecordDocumentPayload = builder.objectRef<Recorded>("RecordDocumentPayload").implement({
  description: "A document was read into the graph; what its source had said already was not recorded again.",
  fields: (t) => ({
    receipt: t.expose("receipt", { type: ReceiptType }),
    document: t.expose("document", { type: DocumentType }),
  }),
});

builder.mutationField("recordDocument", (t) =>
  t.field({
    type: RecordDocumentPayload,
    description:
      "An SBOM (CycloneDX 1.4 to 1.6, SPDX 2.3; JSON), an in-toto statement or SLSA provenance v1, in a DSSE envelope or alone, or an OSV advisory. It is read as a whole or refused as a whole.",
    args: { input: t.arg({ type: RecordDocumentInput, required: true }) },
    resolve: async (_root, { input: { source, content, blob, keys, ...rest } }, context) => {
      const given = { source, content: contentOf(content, blob), keys: keys ?? [] };
      const answer = await context.application.commands.recordDocument(given, causeOf(context, "recordDocument", rest));
      return done<Recorded>(answer);
    },
  }),
);

const contentOf = (content: string | null | undefined, blob: string | null | undefined) => {
  if (typeof content === "string" && typeof blob !== "string") return { from: "text", text: content } as const;
  if (typeof blob === "string" && typeof content !== "string") return { from: "blob", sha256: blob } as const;
  throw new InvalidInput([{ path: ["input", "content"], message: "must be given, or blob instead" }]);
};
