import * as fc from "fast-check";
import type { TaskEvent } from "#domain/tasks/events.ts";

export const taskId = (number: number): string => `0197d2a0-0000-7000-8000-${String(number).padStart(12, "0")}`;

/** All that may happen to one task, in its order. */
const life = (number: number, { ends, tries }: { readonly ends: string; readonly tries: number }): readonly TaskEvent[] => {
  const task = taskId(number);
  const attempts = Array.from({ length: tries }, (_, index): TaskEvent[] => [
    { type: "TaskLeased", task, worker: `worker-${index}`, attempt: index + 1, token: index + 1 },
    { type: "TaskFailed", task, attempt: index + 1, error: { code: "VAULT", message: "away — ☂" }, retryAt: "2026-12-01T00:00:00.000Z" },
  ]);
  const last = tries + 1;
  const end: Record<string, TaskEvent[]> = {
    success: [{ type: "TaskSucceeded", task, attempt: last, result: { version: number, "a b": [null, 1.5, "\n"] } }],
    failure: [{ type: "TaskFailed", task, attempt: last, error: { code: "NO", message: "" }, retryAt: null }],
    none: [],
  };
  return [
    { type: "TaskQueued", task, kind: "publication", subject: `repository-${number % 3}`, input: {} },
    ...attempts.flat(),
    { type: "TaskLeased", task, worker: "worker-last", attempt: last, token: last },
    ...(end[ends] ?? []),
  ];
};

/** Several tasks, their events mixed in any way that keeps each one's order. */
export const someTasks: fc.Arbitrary<readonly TaskEvent[]> = fc
  .array(fc.record({ ends: fc.constantFrom("success", "failure", "none"), tries: fc.nat(2), order: fc.infiniteStream(fc.nat(1000)) }), { minLength: 1, maxLength: 6 })
  .map((lives) => {
    const events = lives.flatMap(({ ends, tries, order }, number) => {
      const own = life(number, { ends, tries });
      const places = [...order.take(own.length)].toSorted((a, b) => a - b);
      return own.map((event, index) => ({ event, place: places[index] ?? 0 }));
    });
    return events.toSorted((a, b) => a.place - b.place).map(({ event }) => event);
  });
