import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the ports that systems give to outgoing connections (32768 and up on Linux, 49152 elsewhere): while a server is
 * down, none of its clients that try to reach it again can be given its port as their own.
 */
const [lowest, highest] = [20_000, 30_000];

/** A port of the loopback address that nobody listens on and that is not among `taken`. */
export const choosePort = async (taken: ReadonlySet<number>): Promise<number> => {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
};

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
