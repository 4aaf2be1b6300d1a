import { eventId, newId } from "#commands/kernel/command-id.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import { postgresLeases } from "#infra/postgres/leases.ts";
import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import { explorer } from "#projections/audit/explorer.ts";
import { runProjections } from "#projections/kernel/run.ts";
import { watchProjections } from "#projections/kernel/watch.ts";

const warmUp = 20;

/** Milliseconds from the asking for an append until a read model in PostgreSQL shows it, one after the other. */
export const lags = async (log: EventLog, connectionString: string, count: number): Promise<readonly number[]> => {
  await using opened = new AsyncDisposableStack();
  const pool = opened.adopt(openPool({ connectionString }), (pool) => pool.end());
  const database = databaseOver(pool);
  const watched = opened.use(watchProjections({ projections: [explorer], database, log, leases: postgresLeases(database) }));
  opened.use(runProjections(watched, { owner: "bench" }));
  const samples: number[] = [];
  for (let number = 0; number < warmUp + count; number++) {
    const began = performance.now();
    const { position } = await append(log, number);
    const { stale } = await watched.reached(explorer.name, position, 30_000);
    if (stale) throw new Error(`${explorer.name} did not catch up`);
    if (number >= warmUp) samples.push(performance.now() - began);
  }
  return samples;
};

const append = (log: EventLog, number: number) => {
  const commandId = newId();
  const event = { id: eventId(commandId, 0), type: "bench.OrderPlaced.v1", data: { order: number } };
  return log.append(`bench.order-${commandId}`, [event], { expected: "none", cause: { actor: "system", commandId, correlationId: commandId } });
};
