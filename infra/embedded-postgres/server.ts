import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Client, DatabaseError } from "pg";
import type { Binaries } from "./binaries.ts";
import { account, clusterOf } from "./cluster.ts";
import { Ended, Stranger } from "./failure.ts";
import type { Log } from "./machine.ts";
import type { Place } from "./place.ts";
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
    await answers(accessTo(address, password), server.alive, recoveryPatience);
    return server;
  } catch (error) {
    await shutdown(server);
    await server.ended;
    throw error instanceof Ended ? new Ended("postgres", server.lines) : error;
  }
};

const worthTelling = /PANIC|terminated by signal|No space left|was terminated/;

/** The WAL is bounded by `max_wal_size`, so a recovery is a matter of seconds even on a slow disk. */
const recoveryPatience = 120_000;

/** Resolves when a client gets in. Trying costs less than a tenth of a millisecond while nobody listens. */
export const answers = async (access: Access, alive: () => boolean, patience: number): Promise<void> => {
  const deadline = Date.now() + patience;
  let last: unknown;
  while (alive() && Date.now() < deadline) {
    last = await knock(access);
    if (last === null) return;
    if (last instanceof DatabaseError && last.code === "28P01") throw new Stranger(last);
    await setTimeout(10);
  }
  throw new Ended("postgres", [last instanceof Error ? last.message : ""]);
};

const knock = async (access: Access): Promise<unknown> => {
  const client = new Client({ ...access, connectionTimeoutMillis: 1_000 });
  try {
    await client.connect();
    return null;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => undefined);
  }
};
