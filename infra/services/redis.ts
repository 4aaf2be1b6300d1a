import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:net";
import { program } from "./programs.ts";
import type { Server } from "./server.ts";

/** Redis in memory alone: nothing in it is the only copy, and a start with an empty one is what Waybill must bear. */
export const redis = (folder: string, port: number, password: string): Server => ({
  name: "redis",
  port,
  folder,
  patienceMs: 20_000,
  ending: [["SIGTERM", 10_000]],
  prepare: async () => {
    const path = program("redis-server");
    const file = join(folder, "redis.conf");
    const settings = ["bind 127.0.0.1", `port ${port}`, `requirepass ${password}`, 'save ""', "appendonly no", "daemonize no", `dir ${JSON.stringify(folder)}`];
    writeFileSync(file, `${settings.join("\n")}\n`, { mode: 0o600 });
    return { program: path, options: [file], folder, who: null };
  },
  answer: () => ping(port, password),
});

/** Throws where the answer is no PONG: the port is a stranger's, or the password. */
const ping = (port: number, password: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 2_000 });
    let answer = "";
    socket.once("connect", () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.once("timeout", () => socket.destroy(new Error("no answer")));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`answered ${JSON.stringify(answer)}`)));
    socket.on("data", (chunk) => {
      answer += chunk.toString();
      if (answer.split("\r\n").length < 3) return;
      if (answer.startsWith("+OK\r\n+PONG")) resolve();
      socket.destroy();
    });
  });
