/** Work that is asked for again under the same key before it is done is done once, for all who ask. */
export const together = <Answer>() => {
  const running = new Map<string, Promise<Answer>>();
  return (key: string, work: () => Promise<Answer>): Promise<Answer> => {
    const under = running.get(key);
    if (under) return under;
    const begun = work().finally(() => running.delete(key));
    running.set(key, begun);
    return begun;
  };
};
