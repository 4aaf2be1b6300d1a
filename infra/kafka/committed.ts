import type { LogRecord } from "./record-batch.ts";
import type { FetchedStretch } from "./wire.ts";

/**
 * The records that stand, from an offset on: without those of aborted transactions, and without the marks that end transactions.
 * kafkajs has a filter of its own, which takes the list of aborted transactions to be in the order of their beginnings, and one to
 * begin at a time: where transactions of several producers overlap neither is so (the list is in the order of their ends), and it
 * lets records through.
 */
export const committed = ({ batches, aborted }: Pick<FetchedStretch, "batches" | "aborted">, from: number): LogRecord[] => {
  const beginnings = aborted.toSorted((one, other) => one.firstOffset - other.firstOffset);
  const open = new Set<string>();
  let begun = 0;
  return batches.flatMap(({ producerId, inTransaction, ends, lastOffset, records }) => {
    for (let next = beginnings[begun]; next && next.firstOffset <= lastOffset; next = beginnings[++begun]) open.add(next.producerId);
    if (ends === "abort") open.delete(producerId);
    const stands = ends === null && lastOffset >= from && !(inTransaction && open.has(producerId));
    return stands ? records(from) : [];
  });
};
