import process from "node:process";
import { Client } from "pg";
import { startEmbeddedPostgres } from "#infra/embedded-postgres/embedded-postgres.ts";

/**
 * A process that holds an embedded PostgreSQL, to be killed or to be run as somebody else: starts it in the folder named by
 * its argument and tells so in a line of JSON. On SIGINT it asks its server once more, then stops; on SIGKILL it cannot.
 */
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const log: string[] = [];
const [, , folder = "", manifest] = process.argv;
const machine = manifest ? { findPackage: () => manifest } : {};
try {
  const server = await startEmbeddedPostgres({ folder, log: (line) => log.push(line), machine });
  const finish = async () => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.end();
    await server.stop();
    process.exit(0);
  };
  process.once("SIGINT", () => void finish());
  say({ url: server.url, pid: server.pid, adopted: server.adopted, log });
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error), log });
  process.exit(1);
}
