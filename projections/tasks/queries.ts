import type { JsonObject } from "#domain/kernel/json.ts";
import { rowsOf, type Stretch } from "#projections/kernel/keyset.ts";
import type { Sql } from "#projections/ports/sql.ts";

export type TaskState = "queued" | "running" | "succeeded" | "failed";

/** Where a task stands; timestamps are ISO 8601. */
export interface TaskRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly state: TaskState;
  readonly attempt: number;
  readonly worker: string | null;
  readonly result: JsonObject | null;
  /** Of the last failed attempt. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Of the last event that changed it. */
  readonly position: number;
}

const columns = `select id, kind, subject, state, attempt, worker, result, error, queued_at as "queuedAt", started_at as "startedAt",
  finished_at as "finishedAt", position from tasks.tasks`;

export const taskById = async (sql: Sql, id: string): Promise<TaskRow | null> => {
  const [row] = await sql.query<TaskRow>({ name: "tasks.task", text: `${columns} where id = $1`, values: [id] });
  return row ?? null;
};

/** Newest first, of one subject or in one state where these are given. */
export const tasksPage = (sql: Sql, { subject, state }: { subject: string | null; state: TaskState | null }, stretch: Stretch) => {
  const filters = [
    { column: "subject", value: subject },
    { column: "state", value: state },
  ].filter(({ value }) => value !== null);
  return rowsOf<TaskRow>(
    sql,
    {
      name: ["tasks.tasks", ...filters.map(({ column }) => column)].join("."),
      select: columns,
      where: filters.map(({ column }, index) => `${column} = $${index + 1}`),
      values: filters.map(({ value }) => value),
      key: ["queued_at", "id"],
      descending: true,
    },
    stretch,
  );
};
