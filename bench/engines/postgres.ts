import { Pool } from "pg";
import { newId } from "#commands/kernel/command-id.ts";
import { openPostgresLog } from "#infra/postgres/event-log.ts";
import type { BenchEngine, RawClient } from "./engine.ts";

export const postgres: BenchEngine = {
  name: "postgres",
  goals: { 32: "≥ 6 × Emmett" },
  open: async (connectionString) => {
    const opened = new AsyncDisposableStack();
    const log = opened.use(await openPostgresLog({ connect: { connectionString } }));
    const pool = opened.adopt(new Pool({ connectionString, max: 8 }), (pool) => pool.end());
    return { log, raw: await raw(pool), [Symbol.asyncDispose]: () => opened.disposeAsync() };
  },
};

const raw = async (pool: Pool): Promise<RawClient> => {
  await pool.query("create table raw (position bigint generated always as identity primary key, id uuid, stream text, type text, data text)");
  const caller = (stream: string) => async (events: readonly object[]) => {
    const rows = events.map((_, index) => `($${index * 4 + 1}, $${index * 4 + 2}, $${index * 4 + 3}, $${index * 4 + 4})`);
    const values = events.flatMap((event) => [newId(), stream, "bench.OrderPlaced.v1", JSON.stringify(event)]);
    await pool.query({ name: `insert ${events.length}`, text: `insert into raw (id, stream, type, data) values ${rows.join()}`, values });
  };
  return { name: "pg, insert of many rows", callers: (count) => Array.from({ length: count }, () => caller(newId())) };
};
