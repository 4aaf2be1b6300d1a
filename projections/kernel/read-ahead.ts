/** The items of a source, of which the next one is read while the last one is worked on. */
export interface ReadAhead<Item> {
  /** Undefined at the end. Asked again before it answered, it gives the same answer. */
  readonly next: () => Promise<Item | undefined>;
  /** The last item is done with; `next` goes on to the one after it. */
  readonly taken: () => void;
  /** Begins to read the next item: to be called when the work on the last one is under way elsewhere. */
  readonly start: () => void;
  /** Lets the source go; its signal must have been aborted, or a live one never ends. */
  readonly close: () => Promise<void>;
}

export const readAhead = <Item>(source: AsyncIterable<Item>): ReadAhead<Item> => {
  const iterator = source[Symbol.asyncIterator]();
  let current: Promise<Item | undefined> | undefined;
  let following: Promise<Item | undefined> | undefined;
  const read = (): Promise<Item | undefined> => {
    const item = iterator.next().then(({ done, value }) => (done === true ? undefined : value));
    // Whoever asks for it meets the fault; until then it is nobody's.
    item.catch(() => undefined);
    return item;
  };
  return {
    next: () => (current ??= following ?? read()),
    start: () => {
      if (current) following ??= read();
    },
    taken: () => {
      current = following;
      following = undefined;
    },
    close: async () => {
      await iterator.return?.();
    },
  };
};
