import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { ask } from "#test/support/graphql.ts";
import { startWaybill, type TestWaybill } from "#test/support/waybill.ts";
import { percentile, timed } from "./measure.ts";
import type { Row } from "./rows.ts";

const entries = 63_440;
const atOnce = 1000;

const Added = z.object({ addTargets: z.object({ task: z.object({ id: z.string() }).nullable() }) });
const Published = z.object({ publish: z.object({ task: z.object({ id: z.string() }).nullable() }) });
const Timestamp = z.object({ signed: z.object({ meta: z.object({ "snapshot.json": z.object({ version: z.int() }) }) }) });
const TaskState = z.object({ task: z.object({ state: z.string() }).nullable() });

const add = `mutation ($repository: String!, $targets: [TargetInput!]!, $publish: Boolean!) {
  addTargets(input: { repository: $repository, targets: $targets, publish: $publish }) { task { id } } }`;

const target = (name: string) => ({ path: `pool/main/${name}.deb`, length: name.length, sha256: hash("sha256", name) });

/** The whole way, through HTTP: imports, single adds and a crowd of adds, on the embedded default. */
export const benchPublication = async (): Promise<readonly Row[]> => {
  await using waybill = await startWaybill();
  await ask(waybill, `mutation { bootstrapRepository(input: { repository: "demo", bins: 256 }) { receipt { position } } }`, {}, z.unknown());
  const bulk = await timed(() => importTargets(waybill));
  const memory = residentMegabytes(waybill.pid);
  const singles = await samples(60, (index) => addOne(waybill, `single-${index}`));
  const crowd = await timed(() => addAsCrowd(waybill, 50, 50));
  return [
    { name: `import and publish ${entries} targets, 256 bins`, value: bulk.ms / 1000, unit: "s", goal: "≤ 12 (with parsing and graph events: see import)" },
    { name: "resident memory of Waybill after it", value: memory, unit: "MB", goal: "< 500" },
    { name: "add one until a client can fetch it, p50", value: percentile(singles, 0.5), unit: "ms", goal: "≤ 50" },
    { name: "add one until a client can fetch it, p90", value: percentile(singles, 0.9), unit: "ms" },
    { name: "50 requests × 50 targets, to the end of the last publication", value: 2500 / (crowd.ms / 1000), unit: "targets/s", goal: "≥ 1,500" },
  ];
};

const importTargets = async (waybill: TestWaybill): Promise<void> => {
  const names = Array.from({ length: entries }, (_, index) => `package-${index}`);
  for (let start = 0; start < entries; start += 4 * atOnce)
    await Promise.all(
      [0, 1, 2, 3].map(async (lane) => {
        const targets = names.slice(start + lane * atOnce, start + (lane + 1) * atOnce).map(target);
        if (targets.length > 0) await ask(waybill, add, { repository: "demo", targets, publish: false }, Added);
      }),
    );
  const { publish } = await ask(waybill, `mutation { publish(input: { repository: "demo" }) { task { id } } }`, {}, Published);
  await over(waybill, publish.task?.id ?? "");
};

/** From the request to the moment at which the bin that lists it is named by what `timestamp.json` names. */
const addOne = async (waybill: TestWaybill, name: string): Promise<void> => {
  const before = await snapshotVersion(waybill);
  await ask(waybill, add, { repository: "demo", targets: [target(name)], publish: true }, Added);
  while ((await snapshotVersion(waybill)) === before);
};

/** Until the last of their tasks is over; the newest is asked for first, since it is the likeliest to be the last. */
const addAsCrowd = async (waybill: TestWaybill, clients: number, each: number): Promise<void> => {
  const tasks = await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const targets = Array.from({ length: each }, (__, index) => target(`crowd-${client}-${index}`));
      const { addTargets } = await ask(waybill, add, { repository: "demo", targets, publish: true }, Added);
      return addTargets.task?.id ?? "";
    }),
  );
  for (const task of tasks.toReversed()) await over(waybill, task);
};

const over = async (waybill: TestWaybill, id: string): Promise<void> => {
  for (;;) {
    const { task } = await ask(waybill, "query ($id: ID!) { task(id: $id) { state } }", { id }, TaskState);
    if (task?.state === "SUCCEEDED") return;
    if (task?.state === "FAILED") throw new Error(`task ${id} failed`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const snapshotVersion = async ({ url }: TestWaybill): Promise<number> => {
  const response = await fetch(`${url}/tuf/demo/metadata/timestamp.json`);
  return Timestamp.parse(await response.json()).signed.meta["snapshot.json"].version;
};

const samples = async (count: number, work: (index: number) => Promise<void>): Promise<readonly number[]> => {
  const all: number[] = [];
  for (let index = 0; index < count; index++) all.push((await timed(() => work(index))).ms);
  return all;
};

const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN) / 1024;
