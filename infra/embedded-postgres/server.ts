import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Client, DatabaseError } from "pg";
import type { Binaries } from "./binaries.ts";
import { account, clusterOf } from "./cluster.ts";
import { Ended, Stranger } from "./failure.ts";
import type { Log } from "./machine.ts";
import type { Place } from "./place.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import { type Running, run } from "./run.ts";
import { type Address, serverArguments } from "./settings.ts";
import { shutdown } from "./shutdown.ts";

/** What a client needs to connect. */
export interface Access {
  /** A folder (of the socket) or an address. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export const accessTo = (address: Address, password: string): Access => ({
  host: address.kind === "socket" ? address.folder : "127.0.0.1",
  port: address.port,
  password,
  ...account,
});

/** Starts the server and waits until it answers; throws `Ended` where it does not, `Stranger` where it does not know us. */
export const launch = async (place: Place, { native }: Binaries, address: Address, password: string, log: Log): Promise<Running> => {
  const hear = (line: string) => {
    if (worthTelling.test(line)) log("PostgreSQL is in trouble", { line });
  };
  const server = run(join(native, "bin/postgres"), serverArguments(clusterOf(place), address), place.who, hear);
  try {
    await ready(clusterOf(place), server, recoveryPatience);
    await knock(accessTo(address, password));
    void server.ended.then((code) => code !== 0 && log("PostgreSQL has ended by itself", { lines: server.lines.slice(-4) }));
    return server;
  } catch (error) {
    await shutdown(server);
    await server.ended;
    throw error instanceof Ended ? new Ended("postgres", [...server.lines, ...error.lines]) : error;
  }
};

const worthTelling = /PANIC|terminated by signal|No space left|was terminated/;

/** The WAL is bounded by `max_wal_size`, so a recovery is a matter of seconds even on a slow disk. */
const recoveryPatience = 120_000;

/**
 * Resolves when the server says that it takes clients. Not by knocking at its address until somebody answers: that could
 * be a stranger who took the port, and it would get our password.
 */
export const ready = async (cluster: string, { pid, alive }: Pick<Running, "pid" | "alive">, patience: number): Promise<void> => {
  const deadline = Date.now() + patience;
  while (alive() && Date.now() < deadline) {
    const file = readPostmasterFile(cluster);
    if (file?.pid === pid && file.ready) return;
    await setTimeout(5);
  }
  throw new Ended("postgres", alive() ? [`not ready after ${patience / 1_000} s`] : []);
};

/** Connects once; throws `Stranger` where the password is not the cluster's. */
export const knock = async (access: Access): Promise<void> => {
  const client = new Client({ ...access, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw error instanceof DatabaseError && error.code === "28P01" ? new Stranger(error) : error;
  }
  await client.end();
};
