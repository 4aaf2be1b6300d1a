import { z } from "zod";
import { EventLine } from "./log-leaves.ts";

/** First line of a bundle: what is in it, and what it is verified with. */
export const BundleHeader = z.object({
  format: z.literal("waybill-audit-bundle/1"),
  /** The ledger's key, as notes are verified with; worth what the reader knows of it from elsewhere. */
  key: z.string(),
  /** The signed note that everything below leads to. */
  checkpoint: z.string(),
  selection: z.object({
    /** Positions, the first exclusive. */
    after: z.number(),
    to: z.number(),
    /** The text of a filter; empty: every event between the two. */
    filter: z.string(),
  }),
  exportedAt: z.string(),
});
export type BundleHeader = z.infer<typeof BundleHeader>;

/** Every other line: the next leaf of the tree as the event itself, or a whole subtree of leaves that are not in the selection. */
export const BundleLine = z.union([
  z.object({ event: EventLine }),
  z.object({ subtree: z.object({ level: z.int().min(0).max(53), hash: z.string(), withheld: z.literal(true).optional() }) }),
  z.object({ end: z.object({ events: z.number() }) }),
]);
