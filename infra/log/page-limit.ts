import { maxEventBytes, type ReadAll } from "#commands/ports/event-log.ts";

/** About how much JSON of the events behind a position there is, among `limit` of them. */
export type BytesBehind = (after: number, limit: number) => Promise<number>;

/** A page is held in memory several times by each of its readers, and 2,000 of the largest events have 1.8 GB. */
const mostBytes = 8_000_000;

/** So few always fit, as does one. */
const fewest = Math.floor(mostBytes / maxEventBytes);

/** How many events a page may look at so that it stays small; at most as many as were asked for. */
export const pageLimit = async ({ after, limit }: Pick<ReadAll, "after" | "limit">, bytesBehind: BytesBehind): Promise<number> => {
  let fitting = limit;
  while (fitting > fewest && (await bytesBehind(after, fitting)) > mostBytes) fitting >>= 1;
  return fitting;
};
