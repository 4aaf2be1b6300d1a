import type { KafkaServer, ProducerIdentity } from "./client.ts";
import { type Link, openLink } from "./link.ts";
import type { OutgoingRecord } from "./record-batch.ts";
import { produce } from "./wire.ts";

/**
 * The right to write into a topic, until another takes it: producers under transactional ids that belong to the topic. Who takes them
 * over has the broker refuse, from then on, whatever a former holder sends or wants to commit.
 */
export interface Fence {
  /**
   * One transaction; answers with the offset of each batch's first record when the transaction is decided. Reading it takes a moment
   * more. After a failure nobody knows whether it stands: the fence is of no use then. One at a time.
   */
  readonly write: (batches: readonly (readonly OutgoingRecord[])[]) => Promise<readonly number[]>;
  readonly close: () => void;
}

/**
 * Three ids in turn: while one transaction is sent and decided the next begins under another, and the end of the one before is still
 * being written. No more than one has records and is undecided at any time, so that nothing has to be taken back behind one that fails;
 * and so no two aborted ones overlap, which kafkajs's own consumers would show (see `committed`).
 */
const turns = 3;
/** Milliseconds that a transaction may wait for its records: it is ended before the broker does so, which would break the fence. */
const longestAhead = 3000;
/** Milliseconds. A holder that died leaves a transaction that hides all behind it, until it is taken over, or this is over. */
const transactionTimeout = 10_000;
const patience = 6000;

/** Takes the topic from whoever has it: transactions of theirs that are not decided are aborted. */
export const takeFence = async (server: KafkaServer, topic: string): Promise<Fence> => {
  const links = Array.from({ length: turns }, () => openLink(server));
  const close = () => {
    for (const link of links) link.close();
  };
  try {
    const producers = await Promise.all(links.map((link, index) => producer(link, topic, `${topic}-writer-${index}`)));
    let turn = 0;
    const write: Fence["write"] = async (batches) => {
      const mine = producers[turn];
      turn = (turn + 1) % turns;
      if (!mine) throw new RangeError("no producer");
      await mine.begin();
      producers[turn]?.beginAhead();
      const offsets: number[] = [];
      for (const batch of batches) offsets.push(await mine.send(batch));
      await mine.commit();
      return offsets;
    };
    return { write, close };
  } catch (error) {
    close();
    throw error;
  }
};

/** The steps of kafkajs's transactions, one by one: its own `commit` says yes where nothing had been sent, fenced or not. */
const producer = async (link: Link, topic: string, transactionalId: string) => {
  const seat = { transactionalId };
  const given = await link.ask(seat, (broker) => broker.initProducerId({ transactionalId, transactionTimeout }), patience);
  const identity: ProducerIdentity = { transactionalId, producerId: given.producerId, producerEpoch: given.producerEpoch };
  let sequence = 0;

  let ended: Promise<unknown> = Promise.resolve();
  let begun: Promise<unknown> | undefined;
  let waiting: NodeJS.Timeout | undefined;

  const add = () => link.ask(seat, (broker) => broker.addPartitionsToTxn({ ...identity, topics: [{ topic, partitions: [0] }] }), patience);
  const end = (transactionResult: boolean) => link.ask(seat, (broker) => broker.endTxn({ ...identity, transactionResult }), patience);
  const begin = () => {
    clearTimeout(waiting);
    return (begun ??= ended.then(add));
  };
  const beginAhead = () => {
    // A failure shows when its turn comes.
    begin().catch(ignore);
    waiting = setTimeout(giveUp, longestAhead).unref();
  };
  const giveUp = () => {
    ended = begun?.then(() => end(false)).catch(ignore) ?? ended;
    begun = undefined;
  };
  const send = async (records: readonly OutgoingRecord[]): Promise<number> => {
    const sender = { ...identity, producerId: BigInt(identity.producerId), firstSequence: sequence };
    // Sent again under the same sequence where the answer was lost: the broker takes it once.
    const offset = await link.ask({ topic }, (broker) => produce(broker, { topic, records, sender }), patience);
    sequence = (sequence + records.length) % 2 ** 31;
    if (offset < 0) throw new Error(`the records of ${transactionalId} were taken without a place`);
    return offset;
  };
  const commit = async () => {
    begun = undefined;
    await end(true);
  };
  return { begin, beginAhead, send, commit };
};

const ignore = () => undefined;
