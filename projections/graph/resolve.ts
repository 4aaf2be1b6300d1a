import { keyOf } from "#domain/graph/keys.ts";
import type { Sql } from "#projections/ports/sql.ts";
import type { At } from "./at.ts";
import type { NodeFilter } from "./filter.ts";
import { nodeByKey, nodesPage, type NodeRow } from "./queries.ts";
import { wordsOf } from "./words.ts";

/** What a text may mean, at most; the surest alone, where there is one. */
const most = 20;

/** A key; a bare digest; the beginning of a key; words of keys and attributes, the shortest keys first. */
export const resolveText = async (sql: Sql, text: string, at: At): Promise<readonly NodeRow[]> => {
  const trimmed = text.trim();
  const key = keyOf(/^[0-9a-f]{64}$/i.test(trimmed) ? `sha256:${trimmed}` : trimmed);
  const exact = key ? await nodeByKey(sql, key.key, at) : null;
  if (exact) return [exact];
  if (trimmed === "") return [];
  const first = async (filter: NodeFilter, limit: number) =>
    (await nodesPage(sql, { filter, at }, { after: null, before: null, limit, backward: false })).rows;
  const begins = await first({ key: { prefix: key?.key ?? trimmed } }, most);
  if (begins.length > 0 || wordsOf(trimmed).length === 0) return begins;
  const some = await first({ text: trimmed }, 10 * most);
  return some.toSorted((a, b) => a.key.length - b.key.length).slice(0, most);
};
