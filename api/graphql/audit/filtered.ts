import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Shown } from "#api/application.ts";
import { connectionOf } from "#api/graphql/connection.ts";
import type { Cursor } from "#api/graphql/input/cursor.ts";
import type { Filter } from "#domain/deliveries/filter.ts";
import { scanEvents } from "#projections/audit/scan.ts";
import type { Key, Stretch } from "#projections/kernel/keyset.ts";
import { searchText } from "#projections/audit/text-search.ts";
import type { Sql } from "#projections/ports/sql.ts";

/** Events that one page looks at, at most. */
const most = 20_000;

interface Paging extends Cursor {
  readonly stretch: Stretch;
  readonly view: Shown;
}

interface Found {
  readonly rows: readonly StoredEvent[];
  readonly edge: number | null;
  readonly more: boolean;
}

/** A page of the events that fit a filter. Where too many had to be looked at it is short, and its cursor tells where the next one begins. */
export const filteredPage = async (sql: Sql, filter: Filter, { stretch, view, ...cursor }: Paging) => {
  const { backward, limit } = stretch;
  const found = await scanEvents(sql, { filter, after: edge(stretch.after), before: edge(stretch.before), backward, limit: Math.max(1, limit), most });
  return scannedPage(found, { stretch, view, ...cursor });
};

/** A page of the events with a text in them. */
export const textPage = async (sql: Sql, search: Omit<Parameters<typeof searchText>[1], "stretch">, paging: Paging) =>
  scannedPage(await searchText(sql, { ...search, stretch: { ...paging.stretch, limit: Math.max(1, paging.stretch.limit) } }), paging);

const scannedPage = (found: Found, { stretch, view, ...cursor }: Paging) => {
  const { backward, limit } = stretch;
  const rows = found.rows.slice(0, limit);
  const connection = connectionOf({ rows, more: found.more }, stretch, { ...cursor, view, keyOf: ({ position }) => [position], node: (row) => row });
  if (!found.more || found.edge === null) return connection;
  const beyond = cursor.encode([found.edge]);
  return { ...connection, pageInfo: { ...connection.pageInfo, ...(backward ? { startCursor: beyond } : { endCursor: beyond }) } };
};

const edge = (key: Key | null): number | null => (key ? Number(key[0]) : null);
