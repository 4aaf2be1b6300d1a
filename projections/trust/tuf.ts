import type { Recorded } from "#domain/kernel/event.ts";
import { binIndex } from "#domain/trust/bins.ts";
import { type TargetsEvent, type TrustEvent, trustCodec } from "#domain/trust/events.ts";
import { eventsOf, type Projection, sqlBeside } from "#projections/kernel/projection.ts";
import type { WritableSql } from "#projections/ports/sql.ts";
import { writePublication, writeRepository } from "./metadata-rows.ts";
import { targetChanges, writeTargetChanges } from "./target-rows.ts";

/** TUF repositories as clients see them: a publication becomes visible in the commit of its batch, or not at all. */
export const tuf: Projection<Recorded<TrustEvent>> = {
  name: "tuf",
  generation: 1,
  tables: sqlBeside(import.meta.url, "tuf.sql"),
  indexes: sqlBeside(import.meta.url, "tuf-indexes.sql"),
  ...eventsOf(trustCodec),
  apply: async (batch, sql) => {
    let run: Recorded<TargetsEvent>[] = [];
    for (const recorded of batch) {
      const { event } = recorded;
      if (event.type === "TargetsAdded" || event.type === "TargetsRemoved") {
        run.push({ ...recorded, event });
        continue;
      }
      // Runs of target events go in together; whoever depends on them comes behind.
      await writeTargets(sql, run);
      run = [];
      if (event.type === "RepositoryEstablished") await writeRepository(sql, { ...recorded, event });
      else await writePublication(sql, { ...recorded, event });
    }
    await writeTargets(sql, run);
  },
};

const writeTargets = async (sql: WritableSql, events: readonly Recorded<TargetsEvent>[]): Promise<void> => {
  if (events.length === 0) return;
  const names = [...new Set(events.map(({ event }) => event.repository))];
  const rows = await sql.query<{ name: string; bins: number }>({
    name: "tuf_bin_counts",
    text: "select name, (settings->>'bins')::int as bins from repositories where name = any($1)",
    values: [names],
  });
  const bins = new Map(rows.map((row) => [row.name, row.bins]));
  await writeTargetChanges(sql, targetChanges(events), (repository, path) => {
    const count = bins.get(repository);
    if (count === undefined) throw new Error(`repository ${repository} has targets but was never established`);
    return binIndex(path, count);
  });
};
