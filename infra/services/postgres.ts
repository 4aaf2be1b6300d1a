import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { CannotStart } from "#infra/cannot-start.ts";
import { give } from "#infra/embedded-postgres/cluster.ts";
import { thisMachine } from "#infra/embedded-postgres/machine.ts";
import { findPlace, type Place } from "#infra/embedded-postgres/place.ts";
import { standInFor, readPostmasterFile } from "#infra/embedded-postgres/postmaster-file.ts";
import { exists, processesIn } from "#infra/embedded-postgres/processes.ts";
import { output } from "./output.ts";
import { birthOf, gone, signal } from "./processes.ts";
import { program } from "./programs.ts";
import type { Server } from "./server.ts";

const settings = { max_connections: "500", listen_addresses: "127.0.0.1", unix_socket_directories: "" };

export const databaseUrl = (port: number, password: string): string => `postgres://waybill:${password}@127.0.0.1:${port}/postgres`;

/** The distribution's PostgreSQL with its own defaults for durability; as `nobody` where root starts it. */
export const postgres = (folder: string, port: number, password: string): Server => ({
  name: "postgres",
  port,
  folder,
  patienceMs: 120_000,
  ending: [
    ["SIGINT", 15_000],
    ["SIGQUIT", 5_000],
  ],
  prepare: async () => {
    const path = program("postgres");
    const place = findPlace(realpathSync(folder), thisMachine(), () => undefined);
    const cluster = join(place.home, "cluster");
    if (existsSync(cluster)) await clear(cluster);
    else await initialise(cluster, place, password);
    const options = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    return { program: path, options: ["-D", cluster, ...options], folder: "/", who: place.who };
  },
  answer: async () => {
    const client = new Client({ connectionString: databaseUrl(port, password), connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
    client.on("error", () => undefined);
    await client.connect();
    try {
      await client.query("select 1");
    } finally {
      await client.end();
    }
  },
});

/**
 * After a kill its children end by themselves, in a moment; a new server on the same files must not meet them. The pid
 * that the dead one wrote down may be a stranger's by now, at which PostgreSQL would refuse to start.
 */
const clear = async (cluster: string): Promise<void> => {
  for (const pid of processesIn(realpathSync(cluster))) {
    const child = { pid, birth: birthOf(pid) ?? "" };
    signal(child, "SIGQUIT");
    if (!(await gone(child, 10_000))) throw new CannotStart(`process ${pid}, of a killed PostgreSQL in ${cluster}, does not end`);
  }
  const file = readPostmasterFile(cluster);
  if (file && exists(file.pid)) standInFor(cluster);
};

/** A whole cluster appears by a rename or not at all. */
const initialise = async (cluster: string, { home, who }: Place, password: string): Promise<void> => {
  mkdirSync(home, { recursive: true });
  for (const name of readdirSync(home)) if (name.startsWith(draftPrefix)) rmSync(join(home, name), { recursive: true, force: true });
  const draft = mkdtempSync(join(home, draftPrefix));
  try {
    const secret = join(draft, "password");
    writeFileSync(secret, password, { mode: 0o600 });
    for (const path of [draft, secret]) give(path, who);
    const options = ["-D", join(draft, "data"), "-U", "waybill", "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C"];
    const { code, lines } = await output(program("initdb"), options, who);
    if (code !== 0) throw new CannotStart(`initdb cannot make a cluster in ${dirname(cluster)}: ${lines.slice(-2).join(" ")}`);
    renameSync(join(draft, "data"), cluster);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};

const draftPrefix = "cluster.new-";
