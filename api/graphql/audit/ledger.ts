import { z } from "zod";
import type { Hash } from "#domain/audit/merkle.ts";
import { formatNoteKey } from "#domain/audit/note.ts";
import { consistencyPlan, type Head, inclusionPlan } from "#domain/audit/proofs.ts";
import { formatTlogProof } from "#domain/audit/tlog-proof.ts";
import { noteKeyOf } from "#commands/audit/sign-checkpoint.ts";
import type { Sql } from "#projections/ports/sql.ts";
import { headAt, ledgerSize, leafByEvent, leafByPosition, newestCheckpoint, plannedHashes, type SignedCheckpoint } from "#projections/audit/ledger-queries.ts";
import type { Shown } from "#api/application.ts";
import { builder } from "#api/graphql/builder.ts";
import { shown } from "#api/graphql/context.ts";
import { positionText, staleText } from "#api/graphql/descriptions.ts";

interface View extends Shown, Pick<Head, "size"> {
  /** Null where tiles below that size were lost. */
  readonly head: () => Promise<Head | null>;
  readonly origin: string | null;
  readonly key: string | null;
  readonly checkpoint: SignedCheckpoint | null;
}

const Size = z.int("must be a whole number").min(0, "must not be negative");

const base64 = (hash: Hash): string => hash.toString("base64");

const Ledger = builder.objectRef<View>("Ledger").implement({
  description: "The Merkle tree over every event of the log (RFC 6962), in the log's order; its leaves are numbered without gaps.",
  fields: (t) => ({
    origin: t.exposeString("origin", { nullable: true, description: "Name of the log in its checkpoints; null before a worker has started for the first time." }),
    key: t.exposeString("key", { nullable: true, description: "What checkpoints are verified with: `<name>+<key id>+<key>` (C2SP signed-note)." }),
    size: t.exposeFloat("size", { description: "Leaves, of which the newest may not be covered by a checkpoint yet." }),
    root: t.string({
      nullable: true,
      description: "At that size, in base64; null where the tree has lost tiles, which `waybill audit verify` tells and `waybill rebuild ledger` mends.",
      resolve: async ({ head }) => {
        const now = await head();
        return now && base64(now.root);
      },
    }),
    checkpoint: t.string({ nullable: true, description: "The newest signed note; also at `/ledger/checkpoint`.", resolve: ({ checkpoint }) => checkpoint?.note ?? null }),
    checkpointAt: t.field({ type: "DateTime", nullable: true, resolve: ({ checkpoint }) => checkpoint?.at ?? null }),
    position: t.field({ type: "Position", description: positionText, resolve: ({ position }) => position }),
    stale: t.boolean({ description: staleText, resolve: ({ stale }) => stale }),
  }),
});

interface Inclusion {
  readonly index: number;
  readonly position: number;
  readonly event: string;
  readonly leaf: Hash;
  readonly proof: readonly Hash[];
  readonly checkpoint: SignedCheckpoint;
}

const InclusionProof = builder.objectRef<Inclusion>("InclusionProof").implement({
  description: "That an event is in the log, by a checkpoint: RFC 6962 §2.1.1.",
  fields: (t) => ({
    index: t.exposeFloat("index", { description: "Of the leaf, from 0." }),
    size: t.float({ description: "Of the checkpoint's tree.", resolve: ({ checkpoint }) => checkpoint.size }),
    position: t.expose("position", { type: "Position", description: "Of the event in the log." }),
    eventId: t.exposeID("event"),
    leafHash: t.string({ description: "In base64: SHA-256 over a zero byte and the event's canonical text.", resolve: ({ leaf }) => base64(leaf) }),
    hashes: t.stringList({ description: "From the leaf up, in base64.", resolve: ({ proof }) => proof.map(base64) }),
    checkpoint: t.string({ resolve: ({ checkpoint }) => checkpoint.note }),
    tlogProof: t.string({
      description: "All of it as one file: C2SP tlog-proof.",
      resolve: ({ index, proof, checkpoint }) => formatTlogProof({ index, proof, checkpoint: checkpoint.note }),
    }),
  }),
});

interface Consistency {
  readonly heads: readonly [from: Head, to: Head];
  readonly proof: readonly Hash[];
}

const ConsistencyProof = builder.objectRef<Consistency>("ConsistencyProof").implement({
  description: "That a larger tree holds a smaller one unchanged: RFC 6962 §2.1.2.",
  fields: (t) => ({
    from: t.float({ resolve: ({ heads: [from] }) => from.size }),
    to: t.float({ resolve: ({ heads: [, to] }) => to.size }),
    fromRoot: t.string({ resolve: ({ heads: [from] }) => base64(from.root) }),
    toRoot: t.string({ resolve: ({ heads: [, to] }) => base64(to.root) }),
    hashes: t.stringList({ resolve: ({ proof }) => proof.map(base64) }),
  }),
});

builder.queryFields((t) => ({
  ledger: t.field({
    type: Ledger,
    extensions: { cost: 10 },
    args: { after: t.arg({ type: "Position" }) },
    resolve: async (_root, { after }, context) => {
      const view = await shown(context, "ledger", after);
      const { sql, ledger } = context.application;
      const [established, checkpoint, size] = await Promise.all([ledger(), newestCheckpoint(sql), ledgerSize(sql)]);
      return { ...view, size, head: () => headAt(sql, size), checkpoint, origin: established?.origin ?? null, key: established && formatNoteKey(noteKeyOf(established)) };
    },
  }),
  inclusionProof: t.field({
    type: InclusionProof,
    nullable: true,
    description: "Of an event, by its id or its position, in the tree of the newest checkpoint. Null where there is none, or no checkpoint covers it yet: within a second or two.",
    extensions: { cost: 10 },
    args: { event: t.arg.id(), position: t.arg({ type: "Position" }) },
    validate: z.looseObject({ event: z.uuid("must be the uuid of an event").nullish() }).refine(({ event, position }) => (event == null) !== (position == null), "must name the event either by its id or by its position"),
    resolve: async (_root, { event, position }, { application: { sql } }) => inclusionOf(sql, event ?? null, position ?? null),
  }),
  consistencyProof: t.field({
    type: ConsistencyProof,
    nullable: true,
    description: "Between the trees of two sizes, as two checkpoints name them. Null where the tree is not that large.",
    extensions: { cost: 10 },
    args: { from: t.arg.float({ required: true }), to: t.arg.float({ required: true }) },
    validate: z.object({ from: Size, to: Size }).refine(({ from, to }) => from <= to, "must not be larger than to"),
    resolve: async (_root, { from, to }, { application: { sql } }) => {
      const heads = [await headAt(sql, from), await headAt(sql, to)] as const;
      const proof = await plannedHashes(sql, consistencyPlan(from, to));
      return heads[0] && heads[1] && proof ? { heads: [heads[0], heads[1]] as const, proof } : null;
    },
  }),
}));

const inclusionOf = async (sql: Sql, event: string | null, position: number | null): Promise<Inclusion | null> => {
  const found = event === null ? await leafByPosition(sql, position ?? 0) : await leafByEvent(sql, event);
  const checkpoint = await newestCheckpoint(sql);
  if (!found || !checkpoint || found.index >= checkpoint.size) return null;
  const hashes = await plannedHashes(sql, [[{ level: 0, index: found.index }], ...inclusionPlan(found.index, checkpoint.size)]);
  const [leaf, ...proof] = hashes ?? [];
  return leaf ? { index: found.index, position: found.position, event: found.id, leaf, proof, checkpoint } : null;
};
