import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { z } from "zod";

const Load = z.object({ port: z.number(), request: z.string(), connections: z.number(), durationMs: z.number() });
type Load = z.infer<typeof Load>;

/** Answered requests per second over kept-alive connections, each asking again when it was answered. The load has a thread of its own. */
export const requestsPerSecond = (load: Load): Promise<number> =>
  new Promise((resolve, reject) => {
    new Worker(fileURLToPath(import.meta.url), { workerData: load }).once("message", (rate) => resolve(z.number().parse(rate))).once("error", reject);
  });

/** How many bytes an answer has, by its head; NaN where the head is not whole yet. */
const answerBytes = (text: string): number => {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return Number.NaN;
  if (!text.startsWith("HTTP/1.1 200")) throw new Error(text.slice(0, end));
  return end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]);
};

const drive = async ({ port, request, connections, durationMs }: Load): Promise<number> => {
  let answered = 0;
  const until = performance.now() + durationMs;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1").setNoDelay().setEncoding("latin1");
      let received = "";
      socket.on("data", (text) => {
        received += text.toString();
        if (received.length < answerBytes(received) || Number.isNaN(answerBytes(received))) return;
        received = "";
        answered++;
        if (performance.now() < until) socket.write(request);
        else socket.destroy();
      });
      socket.once("close", () => resolve()).once("error", reject).write(request);
    });
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, one));
  return (answered * 1000) / (performance.now() - started);
};

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is a window's, this is a thread's
if (!isMainThread) parentPort?.postMessage(await drive(Load.parse(workerData)));
