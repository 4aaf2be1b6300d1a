import type { DatabaseSync } from "node:sqlite";
import type { StoredEvent } from "#domain/kernel/event.ts";
import type { Page, ReadAll, Receipt } from "#commands/ports/event-log.ts";
import { pageCharacters, pageEnd } from "#infra/log/event-log.ts";
import { columns, dataColumn, storedEvent } from "#infra/log/rows.ts";
import { inArrays } from "./rows.ts";

/** The questions that a log file answers, at once. */
export const reader = (db: DatabaseSync) => {
  const newest = inArrays(db.prepare("select max(position) from events"));
  const stretch = inArrays(db.prepare(`select ${columns} from events where position > ? and position <= ? order by position`));
  const matching = inArrays(
    db.prepare(`select ${columns} from events where position > ? and position <= ? and type in (select value from json_each(?)) order by position`),
  );
  const head = (): number => Number(newest.get()?.[0] ?? 0);

  const readAll = ({ after, limit, types }: ReadAll): Page => {
    const last = head();
    const end = pageEnd(after, limit, last);
    const rows = types ? matching.iterate(after, end.position, JSON.stringify(types)) : stretch.iterate(after, end.position);
    const events: StoredEvent[] = [];
    let room = pageCharacters;
    for (const row of rows) {
      const event = storedEvent(row);
      events.push(event);
      room -= String(row[dataColumn]).length;
      if (room <= 0) return { events, ...pageEnd(event.position, 0, last) };
    }
    return { events, ...end };
  };
  return { head, readAll, read: streams(db), receipt: receipts(db) };
};

/** Follows a stream's chain back from its last event, or from the first anchor behind what is asked for. */
const streams = (db: DatabaseSync) => {
  const lastOf = inArrays(db.prepare("select position from streams where name = ?"));
  const anchor = inArrays(
    db.prepare("select position from events where stream = ? and revision >= ? and revision % 256 = 0 order by revision limit 1"),
  );
  const chain = inArrays(
    db.prepare(`
      with recursive chain (place, previous, revision) as (
        select position, previous, revision from events where position = :from
        union all
        select e.position, e.previous, e.revision from chain c join events e on e.position = c.previous where c.revision > :after + 1
      )
      select ${columns} from events
      where position in (select place from chain where revision > :after and revision <= :last) order by position`),
  );
  return (stream: string, { after = -1, limit = Number.MAX_SAFE_INTEGER }: { readonly after?: number; readonly limit?: number } = {}): StoredEvent[] => {
    const end = Math.min(after + limit, Number.MAX_SAFE_INTEGER);
    const from = anchor.get(stream, end)?.[0] ?? lastOf.get(stream)?.[0];
    return from === undefined ? [] : chain.all({ from, after, last: end }).map((row) => storedEvent(row));
  };
};

/** The last event of an append stands for its receipt; the ids of the others are in the positions before it. */
const receipts = (db: DatabaseSync) => {
  const ofCommand = inArrays(db.prepare("select position, stream, revision, size, id from events where command_id = ? and size is not null"));
  const idsOf = inArrays(db.prepare("select id from events where position > ? and position <= ? order by position"));
  return (commandId: string): Receipt | null => {
    const row = ofCommand.get(commandId);
    if (!row) return null;
    const [position, size] = [Number(row[0]), Number(row[3])];
    const eventIds = size === 1 ? [String(row[4])] : idsOf.all(position - size, position).map((id) => String(id[0]));
    return { position, stream: String(row[1]), revision: Number(row[2]), eventIds, replayed: true };
  };
};
