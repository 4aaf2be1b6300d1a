import type { FetchedPartition, RawRecord } from "./client.ts";

/**
 * The records that stand: without those of aborted transactions, and without the marks that end transactions. kafkajs has a filter of
 * its own, which takes the list of aborted transactions to be in the order of their beginnings, and one to begin at a time: where
 * transactions of several producers overlap neither is so (the list is in the order of their ends), and it lets records through.
 */
export const committed = ({ messages, abortedTransactions }: Pick<FetchedPartition, "messages" | "abortedTransactions">): readonly RawRecord[] => {
  if (!abortedTransactions || abortedTransactions.length === 0) return messages.filter(({ isControlRecord }) => !isControlRecord);
  const beginnings = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((one, other) => one.firstOffset - other.firstOffset);
  const aborted = new Set<string>();
  let begun = 0;
  return messages.filter((message) => {
    const { isControlRecord, batchContext } = message;
    for (let next = beginnings[begun]; next && next.firstOffset <= Number(message.offset); next = beginnings[++begun]) aborted.add(next.producerId);
    if (isControlRecord && isAbort(message)) aborted.delete(batchContext.producerId);
    return !isControlRecord && !(batchContext.inTransaction && aborted.has(batchContext.producerId));
  });
};

// https://kafka.apache.org/documentation/#controlbatch: two bytes of version, two of type; 0 is an abort, 1 a commit.
const isAbort = ({ key }: RawRecord): boolean => key?.readInt16BE(2) === 0;
