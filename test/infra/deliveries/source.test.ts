import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { EventLog, Subscribe } from "#commands/ports/event-log.ts";
import { setTimeout } from "node:timers/promises";
import { everything } from "#domain/deliveries/filter.ts";
import type { StoredEvent } from "#domain/kernel/event.ts";
import { openSource } from "#infra/deliveries/source.ts";
import { memoryLog } from "#infra/memory/event-log.ts";

const cause = () => ({ actor: "system", commandId: randomUUID(), correlationId: "test" });
const large = "x".repeat(800_000);
const many = (count: number, data = {}) => Array.from({ length: count }, () => ({ id: randomUUID(), type: "tasks.TaskQueued.v1", data }));

/** A log that gives a subscriber all that there is in one page, which a log may. */
const inOnePage = (log: EventLog): Pick<EventLog, "head" | "readAll" | "subscribe"> => ({
  head: () => log.head(),
  readAll: (options) => log.readAll(options),
  async *subscribe({ after, signal }: Subscribe) {
    for await (const _ of log.subscribe({ after, signal })) {
      await setTimeout(20);
      const events: StoredEvent[] = [];
      for (let from = after; from < (await log.head()); ) {
        const page = await log.readAll({ after: from, limit: 1000 });
        events.push(...page.events);
        from = page.position;
      }
      if (events.length === 0) continue;
      yield { events, position: await log.head(), caughtUp: true };
      return;
    }
  },
});

describe("The end of the log, for all endpoints together", () => {
  for (const [what, events] of [
    ["more events than are kept in memory", many(5500)],
    ["larger events than are kept in memory", many(50, { large })],
  ] as const)
    it(`leaves nothing out for one that waits while ${what} come at once`, async () => {
      await using log = memoryLog();
      await using source = await openSource(inOnePage(log));
      const { signal } = new AbortController();
      const waiting = source.behind(0, everything, signal);
      await log.append("tasks.task-1", events, { expected: "any", cause: cause() });
      const head = await log.head();
      const found = [...(await waiting).events];
      for (let { position } = await waiting; position < head; ) {
        const next = await source.behind(position, everything, signal);
        found.push(...next.events);
        position = next.position;
      }
      assert.deepEqual(found.map(({ position }) => position), events.map((_, index) => index + 1));
    });
});
