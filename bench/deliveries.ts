import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { openDeliveries } from "#test/support/deliveries/deliveries.ts";
import { percentile } from "./measure.ts";
import type { Row } from "./rows.ts";

const backlog = 40_000;
/** The first ones warm up. */
const warm = 10_000;
const slowEndpoints = 200;
/** As many as take longer than the slow endpoints' ten seconds, so that all of those answering at once is among what is measured. */
const samples = 1500;

type World = Awaited<ReturnType<typeof openDeliveries>>;

interface Hook {
  readonly child: ChildProcess;
  readonly port: number;
  /** Resolves when so many requests have come, all in all. */
  readonly got: (count: number) => Promise<void>;
}

const Told = z.object({ port: z.number().optional(), count: z.number().optional() });

/** A receiver in a process of its own: `/fast` answers at once, `/slow` after ten seconds. */
const startHook = async (): Promise<Hook> => {
  const child = fork(fileURLToPath(new URL("deliveries/hook.ts", import.meta.url)));
  const [first] = z.tuple([Told]).rest(z.unknown()).parse(await once(child, "message"));
  const seen = { count: 0 };
  child.on("message", (message) => (seen.count = Told.parse(message).count ?? seen.count));
  return {
    child,
    port: first.port ?? 0,
    got: async (count) => {
      while (seen.count < count) await once(child, "message");
    },
  };
};

/** The time from the append to the request's arrival, event by event. */
const latencies = async (world: World, hook: Hook, before: number): Promise<readonly number[]> => {
  const all: number[] = [];
  for (let nth = 1; nth <= samples; nth++) {
    const began = performance.now();
    await world.write(1);
    await hook.got(before + nth);
    all.push(performance.now() - began);
    await sleep(5);
  }
  return all;
};

/** Node's own client on one kept connection, one request after the other: what strict order costs by itself. */
const bareRate = async ({ port }: Hook, durationMs: number): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = Buffer.alloc(600, "x");
  const options = { port, path: "/bare", method: "POST", agent, headers: { "content-type": "application/json", "content-length": body.length } };
  const one = () =>
    new Promise<void>((resolve, reject) => {
      request({ ...options, host: "127.0.0.1" }, (response) => response.resume().once("end", resolve)).once("error", reject).end(body);
    });
  const began = performance.now();
  let sent = 0;
  for (; performance.now() - began < durationMs; sent++) await one();
  agent.destroy();
  return sent / ((performance.now() - began) / 1000);
};

const fast = { timeoutMs: 15_000 };

/** One fast endpoint with a backlog, in strict order; then the time of single events, alone and beside slow endpoints. */
export const benchDeliveries = async (): Promise<readonly Row[]> => {
  await using world = await openDeliveries();
  const hook = await startHook();
  try {
    await world.write(backlog);
    await world.create({ url: `http://127.0.0.1:${hook.port}/fast` });
    await world.readModels.reached("explorer", await world.log.head(), 60_000);
    await world.settled();
    await using _ = world.deliver(fast);
    await hook.got(warm);
    const began = performance.now();
    await hook.got(backlog);
    const rate = (backlog - warm) / ((performance.now() - began) / 1000);
    const bare = await bareRate(hook, 3000);
    const alone = await latencies(world, hook, backlog);
    const head = await world.log.head();
    for (let count = 0; count < slowEndpoints; count++) await world.create({ url: `http://127.0.0.1:${hook.port}/slow` }, { after: head });
    await world.settled();
    await world.write(1);
    await hook.got(backlog + samples + 1);
    await sleep(3000);
    const beside = await latencies(world, hook, backlog + samples + 1);
    const [idle, busy] = [percentile(alone, 0.99), percentile(beside, 0.99)];
    return [
      { name: "deliveries to one endpoint, in strict order", value: rate, unit: "1/s", goal: "≥ 2,000", versus: { name: "a bare client, one after the other", value: bare, ratio: rate / bare } },
      { name: "append until a webhook has it, p50", value: percentile(alone, 0.5), unit: "ms" },
      { name: "append until a webhook has it, p99", value: idle, unit: "ms" },
      { name: `the same beside ${slowEndpoints} slow endpoints, p99`, value: busy, unit: "ms", goal: "≤ 2 × idle", versus: { name: "idle", value: idle, ratio: busy / idle } },
    ];
  } finally {
    hook.child.kill();
  }
};
