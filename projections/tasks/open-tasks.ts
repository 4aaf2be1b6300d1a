import type { OpenTask } from "#commands/ports/open-task.ts";
import type { Sql } from "#projections/ports/sql.ts";

/** Every task that is not over, for a worker that begins; it takes in what came since from the log. */
export const openTasks = (sql: Sql): Promise<readonly OpenTask[]> =>
  sql.query<OpenTask>({
    name: "tasks.open",
    text: `select id, kind, subject, attempt, token, retry_at as "busyUntil", correlation_id as "correlationId", position
             from tasks.tasks where state in ('queued', 'running')`,
  });
