import type { DatabaseSync } from "node:sqlite";
import type { Receipt } from "#commands/ports/event-log.ts";
import { conflict } from "#infra/log/event-log.ts";
import { holds } from "#infra/log/expectation.ts";
import type { PreparedAppend } from "#infra/log/prepared.ts";
import { isAway } from "./errors.ts";
import { inArrays } from "./rows.ts";

/** Where an append goes: behind the log's last position and the stream's last event. */
interface Place {
  readonly position: number;
  readonly revision: number;
  readonly previous: number | null;
  readonly at: string;
}

/** Appends one after the other inside the caller's transaction; an `Error` in an append's place refused that one alone. */
export const appender = (db: DatabaseSync, receipt: (commandId: string) => Receipt | null) => {
  const last = inArrays(db.prepare("select position, at from events order by position desc limit 1"));
  const lastOf = inArrays(db.prepare("select revision, position from streams where name = ?"));
  const takeBack = db.prepare("delete from events where position > ?");
  const store = storer(db);

  const appendOne = (append: PreparedAppend, position: number, at: string): Receipt | Error => {
    const first = receipt(append.cause.commandId);
    if (first) return first;
    const end = lastOf.get(append.stream);
    const revision = end ? Number(end[0]) : -1;
    if (!holds(append.expected, revision)) return conflict(append, revision);
    try {
      return store(append, { position, at, revision, previous: end ? Number(end[1]) : null });
    } catch (error) {
      if (isAway(error)) throw error;
      takeBack.run(position);
      return new Error(`an event of command ${append.cause.commandId} cannot be stored`, { cause: error });
    }
  };

  return (group: readonly PreparedAppend[]): readonly (Receipt | Error)[] => {
    const row = last.get();
    const now = new Date().toISOString();
    const before = row ? String(row[1]) : now;
    // A clock that was set back must not take the log with it.
    const at = before > now ? before : now;
    let position = row ? Number(row[0]) : 0;
    return group.map((append) => {
      const answer = appendOne(append, position, at);
      if (!(answer instanceof Error) && !answer.replayed) position = answer.position;
      return answer;
    });
  };
};

const storer = (db: DatabaseSync) => {
  const insert = db.prepare(
    `insert into events (position, previous, revision, size, at, id, stream, type, actor, reason, command_id, correlation_id, causation_id, traceparent, data)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const grow = db.prepare(
    "insert into streams (name, revision, position) values (?, ?, ?) on conflict (name) do update set revision = excluded.revision, position = excluded.position",
  );
  return ({ stream, cause, events }: PreparedAppend, place: Place): Receipt => {
    const { actor, reason = null, commandId, correlationId, causationId = null, traceparent = null } = cause;
    const eventIds = events.map(({ id }) => id);
    let { position, revision, previous } = place;
    for (const { id, type, json } of events) {
      position++;
      revision++;
      const size = position === place.position + events.length ? events.length : null;
      insert.run(position, previous, revision, size, place.at, id, stream, type, actor, reason, commandId, correlationId, causationId, traceparent, json);
      previous = position;
    }
    grow.run(stream, revision, position);
    return { position, stream, revision, eventIds, replayed: false };
  };
};
