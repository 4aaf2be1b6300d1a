import type { Recorded } from "#domain/kernel/event.ts";
import type { Json } from "#domain/kernel/json.ts";
import { taskCodec, type TaskEvent } from "#domain/tasks/events.ts";
import { jsonText } from "#projections/kernel/json-text.ts";
import { eventsOf, type Projection, sqlBeside } from "#projections/kernel/projection.ts";
import type { WritableSql } from "#projections/ports/sql.ts";

/** Where every task stands. */
export const tasks: Projection<Recorded<TaskEvent>> = {
  name: "tasks",
  generation: 2,
  tables: sqlBeside(import.meta.url, "tasks.sql"),
  indexes: sqlBeside(import.meta.url, "tasks-indexes.sql"),
  ...eventsOf(taskCodec),
  apply: async (batch, sql) => {
    const rows = await rowsBefore(batch, sql);
    for (const recorded of batch) rows.set(recorded.event.task, after(rows.get(recorded.event.task), recorded));
    await sql.query({ name: "tasks.upsert", text: upsert, values: [jsonText([...rows.values()])] });
  },
};

/** A row of the table, in its own spelling. */
type Row = Readonly<Record<(typeof columns)[number], Json>>;

const columns = [
  "id",
  "kind",
  "subject",
  "input",
  "correlation_id",
  "state",
  "attempt",
  "worker",
  "token",
  "retry_at",
  "result",
  "error",
  "queued_at",
  "started_at",
  "finished_at",
  "revision",
  "position",
] as const;

const upsert = `insert into tasks (${columns.join(", ")})
  select ${columns.join(", ")} from json_populate_recordset(null::tasks, $1)
  on conflict (id) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}`;

const rowsBefore = async (batch: readonly Recorded<TaskEvent>[], sql: WritableSql): Promise<Map<string, Row>> => {
  const begun = new Set(batch.flatMap(({ event }) => (event.type === "TaskQueued" ? [event.task] : [])));
  const older = [...new Set(batch.map(({ event }) => event.task))].filter((task) => !begun.has(task));
  if (older.length === 0) return new Map();
  const rows = await sql.query<Row & { readonly id: string }>({
    name: "tasks.before",
    text: `select ${columns.join(", ")} from tasks where id = any($1::uuid[])`,
    values: [older],
  });
  return new Map(rows.map((row) => [row.id, row]));
};

/** The row after one more event. A task whose beginning is missing is a defect of whoever wrote its stream. */
const after = (before: Row | undefined, recorded: Recorded<TaskEvent>): Row => {
  const { event, at, revision, position, correlationId } = recorded;
  if (event.type === "TaskQueued") {
    const { task, kind, subject, input } = event;
    return { ...blank, id: task, kind, subject, input, correlation_id: correlationId, queued_at: at, revision, position };
  }
  if (!before) throw new Error(`task ${event.task} was never queued`);
  return { ...before, ...changes(before, event, at), revision, position };
};

const blank = {
  state: "queued",
  attempt: 0,
  worker: null,
  token: 0,
  retry_at: null,
  result: null,
  error: null,
  started_at: null,
  finished_at: null,
};

const changes = (before: Row, event: Exclude<TaskEvent, { type: "TaskQueued" }>, at: string): Partial<Row> => {
  const free = { retry_at: null, attempt: event.attempt };
  switch (event.type) {
    case "TaskLeased":
      return { ...free, state: "running", worker: event.worker, token: event.token, started_at: before.started_at ?? at };
    case "TaskSucceeded":
      return { ...free, state: "succeeded", result: event.result, error: null, finished_at: at };
    case "TaskFailed":
      return event.retryAt === null
        ? { ...free, state: "failed", error: event.error, finished_at: at }
        : { ...free, state: "queued", error: event.error, worker: null, retry_at: event.retryAt };
  }
};
