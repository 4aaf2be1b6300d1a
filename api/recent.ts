/** A map that keeps what was used last: `capacity` in entries, or in whatever unit the weights are given. */
export interface Recent<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, weight?: number): void;
}

export const recent = <Value>(capacity: number): Recent<Value> => {
  const entries = new Map<string, { readonly value: Value; readonly weight: number }>();
  let total = 0;

  const drop = (key: string) => {
    total -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };

  const get = (key: string): Value | undefined => {
    const entry = entries.get(key);
    if (!entry) return undefined;
    entries.delete(key);
    entries.set(key, entry);
    return entry.value;
  };

  const set = (key: string, value: Value, weight = 1) => {
    drop(key);
    if (weight > capacity / 4) return;
    entries.set(key, { value, weight });
    total += weight;
    for (const oldest of entries.keys()) {
      if (total <= capacity) return;
      drop(oldest);
    }
  };
  return { get, set };
};
