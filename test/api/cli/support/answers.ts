import type { Answer, Item } from "./fake-server.ts";

/** Answers as the server gives them, for scripts of the fake one. */
export const done = (field: string, { position = 7, events = 1, task = null as string | null } = {}): Answer => ({
  data: {
    [field]: {
      receipt: { position, eventIds: Array.from({ length: events }, (_, index) => `event-${index}`), replayed: false },
      task: task === null ? null : { taskId: task },
    },
  },
});

export const taskId = "01939c1e-8f2a-7c55-b3a0-5d1e6f0a9b7c";

export const task = (state: string, { position = 8, error = null as object | null } = {}): Item & Answer => ({
  data: {
    task: {
      taskId,
      kind: "publication",
      subject: "demo",
      state,
      attempt: 1,
      worker: "worker-1",
      result: null,
      error,
      queuedAt: "2026-11-21T12:00:00.000Z",
      startedAt: "2026-11-21T12:00:00.010Z",
      finishedAt: state === "SUCCEEDED" ? "2026-11-21T12:00:00.042Z" : null,
      position,
    },
  },
});

export const page = { hasNextPage: false, endCursor: null };

/** `["timestamp", 5]` … as the newest publication, and one role of an older one. */
export const metadata = (...roles: readonly (readonly [role: string, version: number])[]): Answer => ({
  data: {
    metadata: {
      edges: [
        ...roles.map(([role, version]) => ({ node: { role, version, publishedAt: "2026-11-21T12:00:00.040Z" } })),
        { node: { role: "root", version: 1, publishedAt: "2026-11-20T12:00:00.000Z" } },
      ],
      pageInfo: page,
    },
  },
});

export const event = (position: number, type = "trust.TargetsAdded.v1") => ({
  eventId: `event-${position}`,
  type,
  stream: "trust.targets-demo",
  revision: position - 1,
  position,
  at: "2026-11-21T12:00:00.000Z",
  actor: "token:1",
  reason: null,
  commandId: "command",
  correlationId: "command",
  causationId: null,
  data: { repository: "demo" },
});

export const events = (...positions: readonly number[]): Answer => ({
  data: { events: { edges: positions.map((position) => ({ node: event(position) })), pageInfo: { hasPreviousPage: false, startCursor: null }, position: positions.at(-1) ?? 0 } },
});

export const status = (projections: readonly object[] = [], workers: readonly object[] = [], degraded: readonly string[] = []): Answer => ({
  data: { status: { version: "0.1.0", degraded, log: { engine: "sqlite", head: 12_345 }, projections, workers } },
});

export const projection = (name: string, more: object = {}) => ({
  name,
  generation: 1,
  position: 12_345,
  lag: 0,
  state: "running",
  error: null,
  failedPosition: null,
  rebuilding: null,
  ...more,
});
