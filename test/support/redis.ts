import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { openRedis, type Redis, type RedisOptions } from "#infra/redis/redis.ts";
import { ownPort } from "./ports.ts";

/** A private throwaway server. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Speaks TLS where the arguments give it a certificate. */
  readonly tlsPort: number;
  /** Everything in it is gone. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** It takes connections and says nothing, until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/** The program that starts one; undefined where this machine has none. */
export const redisProgram: string | undefined = spawnSync("redis-server", ["--version"]).status === 0 ? "redis-server" : undefined;

/** Whether this machine can serve a test that takes whatever Redis there is. */
export const anyRedis: string | undefined = process.env["REDIS_URL"] ?? redisProgram;

export const startRedis = async (more: readonly string[] = []): Promise<TestRedis> => {
  const folder = mkdtempSync(join(tmpdir(), "waybill-redis-"));
  const [port, tlsPort] = [await ownPort(), await ownPort()];
  const tls = more.includes("--tls-cert-file") ? ["--tls-port", String(tlsPort)] : [];
  const usual = ["--port", String(port), ...tls, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  let server: ChildProcess | undefined;
  const end = (): void => {
    server?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", end);

  const start = async () => {
    server = spawn(redisProgram ?? "redis-server", [...usual, ...more], { stdio: ["ignore", "pipe", "inherit"] });
    server.unref();
    await accepting(server);
  };
  const kill = async () => {
    const ending = server;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once("exit", resolve));
    ending.ref();
    ending.kill("SIGKILL");
    await gone;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}/0`,
    port,
    tlsPort,
    start,
    kill,
    pause: () => void server?.kill("SIGSTOP"),
    resume: () => void server?.kill("SIGCONT"),
    [Symbol.asyncDispose]: async () => {
      await kill();
      process.removeListener("exit", end);
      end();
    },
  };
};

export interface FreshRedis extends AsyncDisposable {
  readonly url: string;
  readonly prefix: string;
  /** Another connection under the same prefix. */
  readonly open: (changes?: Partial<RedisOptions>) => Redis;
  /** Forgets all keys of the prefix. */
  readonly flush: () => Promise<void>;
}

let shared: Promise<TestRedis> | undefined;

/** A prefix of its own on the server of `REDIS_URL`, or on one that the whole process shares. */
export const freshRedis = async (): Promise<FreshRedis> => {
  const url = process.env["REDIS_URL"] ?? (await (shared ??= startRedis())).url;
  const prefix = `waybill-test-${randomUUID()}`;
  const opened = new AsyncDisposableStack();
  const flush = async () => {
    const client = await createClient({ url }).connect();
    for await (const keys of client.scanIterator({ MATCH: `${prefix}:*`, COUNT: 1000 })) if (keys.length > 0) await client.del(keys);
    client.destroy();
  };
  opened.defer(flush);
  return {
    url,
    prefix,
    open: (changes = {}) => opened.use(openRedis({ url, prefix, ...changes })),
    flush,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
};

const accepting = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = "";
    server.once("exit", (code) => reject(new Error(`redis-server ended with ${code}:\n${said}`)));
    server.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (!said.includes("Ready to accept connections")) return;
      // An open pipe would keep this process from ending.
      server.stdout?.destroy();
      resolve();
    });
  });
