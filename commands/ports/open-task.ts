import type { TaskKind } from "#domain/tasks/events.ts";

/** A task that is not over, as far as a worker has read. */
export interface OpenTask {
  readonly id: string;
  readonly kind: TaskKind;
  readonly subject: string;
  /** Leases so far. */
  readonly attempt: number;
  /** Of the last lease; 0 where there was none. */
  readonly token: number;
  /** Not to be tried before, ISO 8601. */
  readonly busyUntil: string | null;
  readonly correlationId: string;
  /** Id of the event that the next one answers to: that queued or leased it; absent where nobody has seen it. */
  readonly because?: string | undefined;
  /** Of its last event. */
  readonly position: number;
}
