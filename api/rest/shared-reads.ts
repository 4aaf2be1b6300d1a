/** Reads what may change at any time: the answer is as of a moment after it was asked for. */
export type SharedReads<Value> = (key: string, read: () => Promise<Value>) => Promise<Value>;

interface Turn<Value> {
  readonly now: Promise<Value>;
  /** Begins when `now` is over, for all who ask until then: what is running may be older than their question. */
  next: Promise<Value> | null;
}

/** At most one read of a key at a time, however many ask. */
export const sharedReads = <Value>(): SharedReads<Value> => {
  const turns = new Map<string, Turn<Value>>();

  const begin = (key: string, read: () => Promise<Value>): Promise<Value> => {
    const turn: Turn<Value> = { now: read(), next: null };
    turns.set(key, turn);
    void forget(key, turn);
    return turn.now;
  };

  const forget = async (key: string, turn: Turn<Value>): Promise<void> => {
    await over(turn.now);
    if (!turn.next) turns.delete(key);
  };

  return (key, read) => {
    const turn = turns.get(key);
    if (!turn) return begin(key, read);
    turn.next ??= over(turn.now).then(() => begin(key, read));
    return turn.next;
  };
};

const over = async (work: Promise<unknown>): Promise<void> => {
  await work.catch(() => undefined);
};
