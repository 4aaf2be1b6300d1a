import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Projection } from "#projections/kernel/projection.ts";
import type { Database } from "#projections/ports/sql.ts";

/** The schema of a projection, made anew and filled with these batches; as the runner does, without its bookkeeping. */
export const applied = async (database: Database, projection: Projection, batches: readonly (readonly StoredEvent[])[]): Promise<void> => {
  const { name, tables } = projection;
  await database.query({ text: `drop schema if exists ${name} cascade` });
  await database.query({ text: `create schema ${name}` });
  await database.transaction((sql) => sql.query({ text: tables }), name);
  for (const batch of batches)
    if (batch.length > 0)
      await database.transaction((sql) => projection.apply(batch.map((event) => projection.decode(event)), sql), name);
};

/** The same events, cut at these places. */
export const cutAt = <Item>(items: readonly Item[], places: readonly number[]): readonly (readonly Item[])[] => {
  const edges = [0, ...places.map((place) => place % (items.length + 1)).sort((a, b) => a - b), items.length];
  return edges.slice(1).map((edge, index) => items.slice(edges[index], edge));
};
