import { createInterface } from "node:readline";
import { getPostgreSQLEventStore } from "@event-driven-io/emmett-postgresql";
import { Pool } from "pg";
import { z } from "zod";
import { newId } from "#commands/kernel/command-id.ts";
import { type Caller, rate } from "./load.ts";

// Emmett's PostgreSQL store under the same load: `emmett.ts URL`. Each line it reads is a load; it prints the rate. A process of its
// own, because importing it makes `pg` read int8 as BigInt.
const [, , url = ""] = process.argv;
const pool = new Pool({ connectionString: url, max: 32 });
const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } });
await store.schema.migrate();

const callerOf = (stream: string): Caller => {
  let version = 0n;
  return async (events) => {
    const placed = events.map((data) => ({ type: "OrderPlaced" as const, data }));
    const { nextExpectedStreamVersion } = await store.appendToStream(stream, placed, { expectedStreamVersion: version });
    version = nextExpectedStreamVersion;
  };
};

const Load = z.object({ callers: z.int(), eventsPerAppend: z.int(), milliseconds: z.number() });
for await (const line of createInterface({ input: process.stdin })) {
  const load = Load.parse(JSON.parse(line));
  const callers = Array.from({ length: load.callers }, () => callerOf(`order-${newId()}`));
  process.stdout.write(`${await rate(callers, load)}\n`);
}
await pool.end();
