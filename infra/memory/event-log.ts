import type { StoredEvent } from "#domain/kernel/event.ts";
import type { EventLog, Receipt } from "#commands/ports/event-log.ts";
import { bell } from "#infra/log/bell.ts";
import { conflict, eventLog, pageEnd } from "#infra/log/event-log.ts";
import { holds } from "#infra/log/expectation.ts";
import type { PreparedAppend } from "#infra/log/prepared.ts";
import { dataOf } from "#infra/log/rows.ts";

/** A log that forgets everything when it is closed: for tests of deciders and handlers, never for data. */
export const memoryLog = (): EventLog => {
  const log: Stored[] = [];
  const streams = new Map<string, Stored[]>();
  const receipts = new Map<string, Receipt>();
  const ids = new Set<string>();

  const append = ({ stream, expected, cause, events }: PreparedAppend): Receipt | Error => {
    const first = receipts.get(cause.commandId);
    if (first) return first;
    const ofStream = streams.get(stream) ?? [];
    const revision = ofStream.length - 1;
    if (!holds(expected, revision)) return conflict({ stream, expected }, revision);
    const fresh = new Set(events.map(({ id }) => id));
    if (fresh.size < events.length || !fresh.isDisjointFrom(ids)) return new Error(`command ${cause.commandId} repeats the id of an event`);
    const at = new Date(Math.max(Date.now(), Date.parse(log.at(-1)?.at ?? "1970-01-01"))).toISOString();
    for (const { id, type, json } of events) {
      const event = { ...cause, id, type, stream, revision: ofStream.length, position: log.length + 1, at, json };
      log.push(event);
      ofStream.push(event);
      ids.add(id);
    }
    streams.set(stream, ofStream);
    const receipt = { position: log.length, stream, revision: ofStream.length - 1, eventIds: [...fresh], replayed: false };
    receipts.set(cause.commandId, { ...receipt, replayed: true });
    return receipt;
  };

  return eventLog({
    appendGroup: async (group) => group.map(append),
    receipt: async (commandId) => receipts.get(commandId) ?? null,
    read: async (stream, { after = -1, limit = Infinity } = {}) => (streams.get(stream) ?? []).slice(after + 1, after + 1 + limit).map(revived),
    readAll: async ({ after, limit, types }) => {
      const end = pageEnd(after, limit, log.length);
      const looked = log.slice(after, end.position);
      return { events: looked.filter(({ type }) => types?.includes(type) ?? true).map(revived), ...end };
    },
    head: async () => log.length,
    close: async () => undefined,
    bell: bell(),
    poll: 1000,
  });
};

type Stored = Omit<StoredEvent, "data"> & { readonly json: string };

const revived = ({ json, ...event }: Stored): StoredEvent => ({ ...event, data: dataOf(json) });
