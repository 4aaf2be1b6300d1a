/**
 * A map from strings that a decider's state can hold by the hundred thousand: a new version shares all buckets but the
 * touched ones with the old, so that `evolve` stays pure and costs what the event costs.
 */
export interface PersistentMap<Value> {
  readonly size: number;
  readonly buckets: readonly (ReadonlyMap<string, Value> | undefined)[];
}

const bucketCount = 4096;

export const emptyMap: PersistentMap<never> = { size: 0, buckets: Array.from({ length: bucketCount }) };

export const lookUp = <Value>(map: PersistentMap<Value>, key: string): Value | undefined => map.buckets[bucketOf(key)]?.get(key);

/** The map with every entry set; an entry whose value is `undefined` is deleted. */
export const withEntries = <Value>(
  map: PersistentMap<Value>,
  entries: Iterable<readonly [key: string, value: Value | undefined]>,
): PersistentMap<Value> => {
  const buckets = map.buckets.slice();
  const fresh = new Map<number, Map<string, Value>>();
  let size = map.size;
  for (const [key, value] of entries) {
    const index = bucketOf(key);
    let bucket = fresh.get(index);
    if (!bucket) {
      bucket = new Map(buckets[index]);
      fresh.set(index, bucket);
      buckets[index] = bucket;
    }
    size -= bucket.size;
    if (value === undefined) bucket.delete(key);
    else bucket.set(key, value);
    size += bucket.size;
  }
  return { size, buckets };
};

// FNV-1a over UTF-16 units, finished by a shift so that the low bits see the whole word.
const bucketOf = (key: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return ((hash >>> 15) ^ hash) & (bucketCount - 1);
};
