/** Values that never change, the least recently used forgotten first, bounded by their bytes. */
export interface ByteCache<Value> {
  /** The value of a key, loaded once however many ask for it at once. Null and errors are not remembered. */
  readonly remember: (key: string, load: () => Promise<Value | null>) => Promise<Value | null>;
  /** Bytes of all that is remembered. */
  readonly bytes: () => number;
}

/** What a small value costs beside its own bytes. */
const overhead = 512;

export const byteCache = <Value>(limit: number, sizeOf: (value: Value) => number): ByteCache<Value> => {
  // A Map keeps the order of insertion: the first key is the least recently used.
  const kept = new Map<string, Value>();
  const loading = new Map<string, Promise<Value | null>>();
  let bytes = 0;

  const keep = (key: string, value: Value): void => {
    const size = sizeOf(value) + overhead;
    if (size > limit) return;
    kept.set(key, value);
    bytes += size;
    for (const [oldest, old] of kept) {
      if (bytes <= limit) break;
      kept.delete(oldest);
      bytes -= sizeOf(old) + overhead;
    }
  };

  const loadOnce = async (key: string, load: () => Promise<Value | null>): Promise<Value | null> => {
    try {
      // One turn later: then `loading` has this promise, even where the load throws at once.
      const value = await Promise.resolve().then(load);
      if (value !== null) keep(key, value);
      return value;
    } finally {
      loading.delete(key);
    }
  };

  const remember: ByteCache<Value>["remember"] = (key, load) => {
    const value = kept.get(key);
    if (value !== undefined) {
      kept.delete(key);
      kept.set(key, value);
      return Promise.resolve(value);
    }
    let running = loading.get(key);
    if (!running) {
      running = loadOnce(key, load);
      loading.set(key, running);
    }
    return running;
  };

  return { remember, bytes: () => bytes };
};
