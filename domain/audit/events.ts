import { z } from "zod";
import { codec } from "#domain/kernel/codec.ts";
import { event } from "#domain/kernel/event.ts";
import { RepositoryName } from "#domain/trust/events.ts";

const hex64 = /^[0-9a-f]{64}$/;

/** Stream `audit.ledger`. The ledger got its name and its key: its checkpoints are signed by this one, which signs nothing else. */
export const LedgerEstablished = event("LedgerEstablished", {
  /** Name of the log in its checkpoints and of its key: C2SP tlog-checkpoint. */
  origin: z.string().regex(/^[^\s+]{1,200}$/u),
  /** By which the vault knows it. */
  keyid: z.string().regex(hex64),
  /** Ed25519, in hex. */
  publicKey: z.string().regex(hex64),
});

/**
 * Stream `audit.ledger`. A signed checkpoint became a target of a repository, so that clients get the ledger's head by the root that they
 * trust. It covers all events up to log position `position`.
 */
export const CheckpointPublished = event("CheckpointPublished", {
  repository: RepositoryName,
  size: z.int().min(1),
  position: z.int().min(1),
  /** The signed note. */
  checkpoint: z.string().min(1).max(10_000),
});

export const LedgerEvent = z.discriminatedUnion("type", [LedgerEstablished, CheckpointPublished]);
export type LedgerEvent = z.infer<typeof LedgerEvent>;

export const ledgerCodec = codec("audit", LedgerEvent);
export const ledgerStream = "audit.ledger";
