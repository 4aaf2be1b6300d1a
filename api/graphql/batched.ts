/** Gathers what is asked for one by one in the same turn, and asks for all of it at once. Each key is asked for once. */
export const batched = <Key, Value>(load: (keys: readonly Key[]) => Promise<(key: Key) => Value>): ((key: Key) => Promise<Value>) => {
  const answers = new Map<Key, Promise<Value>>();
  let waiting: Promise<(key: Key) => Value> | null = null;
  let keys: Key[] = [];
  const together = async () => {
    // Resolvers of one list run one after the other before this goes on.
    await Promise.resolve();
    const now = keys;
    keys = [];
    waiting = null;
    return load(now);
  };
  return (key) => {
    const known = answers.get(key);
    if (known) return known;
    keys.push(key);
    waiting ??= together();
    const answer = waiting.then((valueOf) => valueOf(key));
    answers.set(key, answer);
    return answer;
  };
};
