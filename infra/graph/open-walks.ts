import { keepInMemory } from "#projections/graph/adjacency/live.ts";
import { linkRows } from "#projections/graph/adjacency/link-rows.ts";
import { namesEitherWay } from "#projections/graph/adjacency/names-either-way.ts";
import { walksEitherWay } from "#projections/graph/adjacency/walks-either-way.ts";
import { graph } from "#projections/graph/graph.ts";
import { type Names, namesInTables } from "#projections/graph/names.ts";
import type { Watched } from "#projections/kernel/watch.ts";
import { paged } from "#projections/graph/reached-page.ts";
import type { PagedWalks, Walks } from "#projections/graph/walks.ts";
import type { Database } from "#projections/ports/sql.ts";
import type { Config } from "#infra/config.ts";
import type { Logger } from "#infra/log.ts";

export interface OpenWalks extends AsyncDisposable {
  readonly walks: PagedWalks;
  readonly names: Names;
}

interface Needs {
  readonly database: Database;
  /** The same walks over the tables: while the graph is being loaded, and where it does not fit. */
  readonly sql: Walks;
  readonly readModels: Pick<Watched, "made" | "position">;
  readonly config: Pick<Config, "WAYBILL_GRAPH_MEMORY_MB">;
  readonly logger: Logger;
}

/** The links of the graph and the keys of its nodes in this process's memory, within the configured budget; without one, its tables. */
export const openWalks = ({ database, sql, readModels, config, logger }: Needs): OpenWalks => {
  const megabytes = config.WAYBILL_GRAPH_MEMORY_MB;
  const tables = namesInTables(database);
  if (megabytes === 0) return { walks: paged(sql), names: tables, [Symbol.asyncDispose]: () => Promise.resolve() };
  const rows = linkRows(database, graph.generation);
  const known = () => readModels.position(graph.name);
  const live = keepInMemory({
    rows: { ...rows, count: () => readModels.made().then(rows.count) },
    known,
    bytes: megabytes * 1024 ** 2,
    told: ({ loaded, links, milliseconds }) =>
      logger.info(loaded ? "graph loaded" : "graph too big for its memory", { links, ...(loaded ? { milliseconds: Math.round(milliseconds) } : { megabytes }) }),
    failed: (error) => logger.error("graph let go", { error }),
  });
  return { walks: walksEitherWay({ live, sql, known }), names: namesEitherWay(live, tables), [Symbol.asyncDispose]: () => live[Symbol.asyncDispose]() };
};
