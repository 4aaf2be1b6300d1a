import type { JsonObject } from "#domain/kernel/json.ts";
import type { Sql } from "#projections/ports/sql.ts";

/** A task that a worker may have to do; timestamps are ISO 8601. */
export interface OpenTask {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly input: JsonObject;
  readonly state: "queued" | "running";
  readonly attempt: number;
  readonly worker: string | null;
  /** Nobody else may take it until then. */
  readonly leaseExpires: string | null;
  /** Nobody may take it until then. */
  readonly retryAt: string | null;
  readonly queuedAt: string;
  /** Of its stream, for the next append to it. */
  readonly revision: number;
}

/** The oldest of a kind that are not over. */
export const openTasks = (sql: Sql, kind: string, limit = 1000): Promise<readonly OpenTask[]> =>
  sql.query<OpenTask>({
    name: "tasks.open",
    text: `select id, kind, subject, input, state, attempt, worker, lease_expires as "leaseExpires", retry_at as "retryAt",
                  queued_at as "queuedAt", revision
             from tasks.tasks where kind = $1 and state in ('queued', 'running') order by queued_at, id limit $2`,
    values: [kind, limit],
  });
