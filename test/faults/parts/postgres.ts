import { Client } from "pg";
import { startPostgres } from "#test/support/postgres.ts";
import type { Server } from "./server.ts";

/** PostgreSQL from the binaries in node_modules, writing to the disk as in earnest. */
export const postgresServer = async (): Promise<Server> => {
  const server = await startPostgres({ fsync: true, connections: 400 });
  const at = (port: number) => {
    const url = new URL(server.url);
    url.port = String(port);
    return url.href;
  };
  return {
    name: "postgres",
    group: "postgres",
    port: Number(new URL(server.url).port),
    address: at,
    version: await versionOf(server.url),
    kill: server.kill,
    start: server.start,
    pause: () => server.signal("SIGSTOP"),
    resume: () => server.signal("SIGCONT"),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};

const versionOf = async (url: string): Promise<string> => {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
    return `PostgreSQL ${rows[0]?.version}`;
  } finally {
    await client.end();
  }
};
