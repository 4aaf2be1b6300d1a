import { randomBytes, randomUUID } from "node:crypto";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { newId } from "#commands/kernel/command-id.ts";
import type { EventLog, Page } from "#commands/ports/event-log.ts";
import { databaseOver, openPool } from "#infra/postgres/sql.ts";
import { explorer } from "#projections/audit/explorer.ts";
import { runProjections } from "#projections/kernel/run.ts";
import { watchProjections } from "#projections/kernel/watch.ts";
import { freshDatabase } from "#test/support/postgres.ts";
import type { Row } from "./rows.ts";

const count = 200_000;

/** How fast the event explorer catches up with a log of real-looking events, data and three indexes included. */
export const benchProjection = async (log: EventLog = memoryOf(count)): Promise<Row[]> => {
  await using opened = new AsyncDisposableStack();
  const { url } = opened.use(await freshDatabase());
  const pool = opened.adopt(openPool({ connectionString: url }), (pool) => pool.end());
  const watched = opened.use(watchProjections({ projections: [explorer], database: databaseOver(pool), log }));
  const head = await log.head();
  const began = performance.now();
  opened.use(runProjections(watched, { owner: "bench" }));
  const { stale } = await watched.reached(explorer.name, head, 600_000);
  if (stale) throw new Error("the explorer did not catch up");
  const seconds = (performance.now() - began) / 1000;
  return [{ name: "explorer catches up", value: Math.round(head / seconds), unit: "events/s", goal: "≥ 50,000" }];
};

/** A log that was written beforehand; its events are kept as JSON and parsed when they are read, as those of a file are. */
const memoryOf = (events: number): EventLog => {
  const stored = Array.from({ length: events }, (_, index) => written(index + 1));
  const head = stored.length;
  const readAll = async (after: number, limit: number): Promise<Page> => {
    const page = stored.slice(after, after + limit).map(read);
    const position = page.at(-1)?.position ?? after;
    return { events: page, position, caughtUp: position >= head };
  };
  return {
    append: refuse,
    receipt: refuse,
    read: refuse,
    head: async () => head,
    readAll: ({ after, limit }) => readAll(after, limit),
    async *subscribe({ after, signal, limit = 1000 }) {
      for (let position = after; position < head && !signal.aborted; ) {
        const page = await readAll(position, limit);
        position = page.position;
        yield page;
      }
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
};

const refuse = () => Promise.reject(new Error("this log is only read"));

const read = ({ data, ...event }: Written): StoredEvent => ({ ...event, data: JsonObject.parse(JSON.parse(data)) });

type Written = Omit<StoredEvent, "data"> & { readonly data: string };

/** An add and the three events of its publication's task, over and over. */
const written = (position: number): Written => {
  const at = 1_790_000_000_000 + position * 3;
  const [type, stream, data] = kinds(position, newId(at))[position % 4] ?? ["", "", {}];
  return {
    id: newId(at),
    type,
    stream,
    revision: position >> 2,
    position,
    at: new Date(at).toISOString(),
    actor: `token:${randomUUID()}`,
    ...(position % 4 === 0 ? { reason: "release 1.2" } : { causationId: newId(at) }),
    commandId: newId(at),
    correlationId: newId(at),
    data: JSON.stringify(data),
  };
};

const kinds = (position: number, task: string): readonly (readonly [string, string, object])[] => {
  const sha256 = randomBytes(32).toString("hex");
  const target = { path: `pool/main/a/apt/apt_2.${position}_amd64.deb`, length: 1_000_000 + position, hashes: { sha256 } };
  return [
    ["trust.TargetsAdded.v1", `trust.targets-demo${position % 50}`, { repository: "demo", targets: [target], task }],
    ["tasks.TaskQueued.v1", `tasks.task-${task}`, { task, kind: "publication", subject: "demo", input: { reason: "targets were added" } }],
    ["tasks.TaskLeased.v1", `tasks.task-${task}`, { task, worker: "worker-1", attempt: 1, expires: "2027-01-01T00:00:00.000Z" }],
    ["tasks.TaskSucceeded.v1", `tasks.task-${task}`, { task, attempt: 1, result: { position, files: [{ role: "timestamp", version: position, sha256 }] } }],
  ];
};
