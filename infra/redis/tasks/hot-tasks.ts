import { z } from "zod";
import { parseJson } from "#api/json.ts";
import type { EventLog } from "#commands/ports/event-log.ts";
import type { Recorded } from "#domain/kernel/event.ts";
import { taskCodec, type TaskEvent } from "#domain/tasks/events.ts";
import type { HotCopy } from "#infra/redis/keep-up.ts";
import { logIdentity } from "#infra/redis/log-identity.ts";
import type { Redis } from "#infra/redis/redis.ts";
import { scriptBeside } from "#infra/redis/script.ts";
import { isOver, taskAfter } from "#projections/tasks/history.ts";
import type { TaskRow } from "#projections/tasks/queries.ts";

/** Where tasks stand, those that were queued while somebody followed; the others PostgreSQL knows. */
export interface HotTasks extends HotCopy {
  /** The task as of a position; null where it is not here. Throws `Unavailable`. */
  readonly find: (id: string) => Promise<{ readonly row: TaskRow; readonly position: number } | null>;
}

const daySeconds = 24 * 3600;
const weekSeconds = 7 * daySeconds;

const readScript = scriptBeside(import.meta.url, "read.lua");
const extendScript = scriptBeside(import.meta.url, "extend.lua");

const Answer = z.array(z.string()).nullable();

interface Read {
  /** Rows of one epoch are all as of the state's position, or not there. */
  readonly epoch: string;
  readonly position: number;
  readonly rows: ReadonlyMap<string, TaskRow>;
}

export const hotTasksOf = (redis: Redis, log: EventLog): HotTasks => {
  const names = logIdentity(log, async (identity) => ({ state: redis.key("tasks", identity), rows: redis.key("task", identity) }));

  const read = async (ids: readonly string[]): Promise<Read | null> => {
    const keys = await names();
    const answer = keys && Answer.parse(await redis.run((client) => readScript(client, [keys.state], [keys.rows, ...ids])));
    if (!answer) return null;
    const [epoch = "", position, ...texts] = answer;
    const rows = texts.flatMap((text, index): [string, TaskRow][] => (text === "" ? [] : [[ids[index] ?? "", rowOf(text)]]));
    return { epoch, position: Number(position), rows: new Map(rows) };
  };

  const write = async (found: Read | null, [after, to]: readonly [number, number], rows: readonly TaskRow[]): Promise<boolean> => {
    const keys = await names();
    if (!keys) return true;
    const epoch = found?.epoch ?? "";
    const values = rows.flatMap((row) => [row.position, JSON.stringify(row), isOver(row) ? daySeconds : weekSeconds]);
    const all = [keys.state, ...rows.map(({ id }) => `${keys.rows}:${epoch}:${id}`)];
    return (await redis.run((client) => extendScript(client, all, [epoch, crypto.randomUUID(), after, to, weekSeconds, ...values]))) === 1;
  };

  const extend: HotTasks["extend"] = async (after, { events, position }) => {
    const recorded = events.map((event) => taskCodec.decode(event));
    const ids = [...new Set(recorded.map(({ event }) => event.task))];
    for (let isDone = false; !isDone; ) {
      const found = await read(ids);
      isDone = await write(found, [after, position], found ? changed(found, recorded) : []);
    }
  };

  const find: HotTasks["find"] = async (id) => {
    const found = await read([id]);
    const row = found?.rows.get(id);
    return found && row ? { row, position: found.position } : null;
  };
  return { types: taskCodec.types, end: async () => (await read([]))?.position ?? null, extend, find };
};

/** The rows after these events; none of a task that began before the epoch, or whose row was evicted. */
const changed = ({ rows: before, position }: Read, events: readonly Recorded<TaskEvent>[]): readonly TaskRow[] => {
  const rows = new Map<string, TaskRow>();
  for (const recorded of events) {
    const { task, type } = recorded.event;
    const row = rows.get(task) ?? before.get(task);
    const isNews = recorded.position > (row?.position ?? position);
    if (isNews && (row ?? type === "TaskQueued")) rows.set(task, taskAfter(row ?? null, recorded));
  }
  return [...rows.values()];
};

/** What `write` wrote comes back as it was. */
const rowOf = (text: string): TaskRow => parseJson(text) as unknown as TaskRow;
