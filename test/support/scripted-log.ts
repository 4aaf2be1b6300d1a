import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import type { Codec } from "#domain/kernel/codec.ts";
import type { AnyEvent, StoredEvent } from "#domain/kernel/event.ts";
import type { JsonObject } from "#domain/kernel/json.ts";
import type { EventLog, Page, ReadAll, Subscribe } from "#commands/ports/event-log.ts";

export type Change = Partial<StoredEvent> & { readonly type: string; readonly data: JsonObject };

/** A log whose events the test writes itself, for those who only read it. */
export interface ScriptedLog extends EventLog {
  readonly write: (...events: readonly Change[]) => readonly StoredEvent[];
  readonly events: readonly StoredEvent[];
}

/** The events of one context as a log of theirs would hold them. */
export const recordedBy = <Event extends AnyEvent>(codec: Codec<Event>, streamOf: (event: Event) => string, events: readonly Event[]): readonly StoredEvent[] => {
  const log = scriptedLog();
  for (const event of events) log.write({ ...codec.encode(event), stream: streamOf(event) });
  return log.events;
};

export const scriptedLog = (): ScriptedLog => {
  const events: StoredEvent[] = [];
  const grown = new EventEmitter().setMaxListeners(0);

  const write: ScriptedLog["write"] = (...changes) => {
    const written = changes.map((change, index) => stored(change, events.length + index + 1));
    events.push(...written);
    grown.emit("grown");
    return written;
  };

  const readAll = async ({ after, limit, types }: ReadAll): Promise<Page> => {
    const looked = events.slice(after, after + limit);
    const position = Math.max(after, looked.at(-1)?.position ?? 0);
    return { events: looked.filter(({ type }) => types?.includes(type) ?? true), position, caughtUp: position >= events.length };
  };

  async function* subscribe({ after, types, signal, limit = 1000 }: Subscribe): AsyncGenerator<Page> {
    let position = after;
    while (!signal.aborted) {
      const page = await readAll({ after: position, limit, types });
      position = page.position;
      yield page;
      if (position >= events.length) await once(grown, "grown", { signal }).catch(() => undefined);
    }
  }

  return {
    write,
    events,
    readAll,
    subscribe,
    head: async () => events.length,
    receipt: async () => null,
    read: async (stream) => events.filter((event) => event.stream === stream),
    append: refuse,
    [Symbol.asyncDispose]: async () => undefined,
  };
};

const refuse = () => Promise.reject(new Error("a scripted log is only read"));

const stored = (change: Change, position: number): StoredEvent => ({
  id: randomUUID(),
  stream: "test.tally-1",
  revision: position - 1,
  position,
  at: new Date(1_790_000_000_000 + position).toISOString(),
  actor: "system",
  commandId: randomUUID(),
  correlationId: randomUUID(),
  ...change,
});
