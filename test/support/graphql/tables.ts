import type { StoredEvent } from "#domain/kernel/event.ts";
import { accessCodec } from "#domain/access/events.ts";
import { type TaskEvent, taskCodec } from "#domain/tasks/events.ts";
import { targetsCodec, type TargetsEvent } from "#domain/trust/events.ts";
import type { Recorded } from "#domain/kernel/event.ts";
import { taskAfter } from "#projections/tasks/history.ts";
import { taskById } from "#projections/tasks/queries.ts";
import { sqlBeside } from "#projections/kernel/projection.ts";
import type { Sql } from "#projections/ports/sql.ts";

const files = { tuf: "trust/tuf.sql", tasks: "tasks/tasks.sql", explorer: "audit/explorer.sql", tokens: "access/tokens.sql" };

/** The tables of every read model, empty. */
export const makeTables = async (sql: Sql): Promise<void> => {
  for (const [schema, file] of Object.entries(files))
    await sql.query({ text: `begin; create schema ${schema}; set local search_path to ${schema}; ${sqlBeside(new URL("../../../projections/", import.meta.url).href, file)}; commit` });
};

/** One event in the tables, as the projections would put it there: the API's tests need rows, not speed. */
export const project = async (sql: Sql, event: StoredEvent): Promise<void> => {
  await explore(sql, event);
  if (targetsCodec.types.includes(event.type)) await targets(sql, targetsCodec.decode(event));
  else if (taskCodec.types.includes(event.type)) await task(sql, taskCodec.decode(event));
  else if (accessCodec.types.includes(event.type)) await token(sql, event);
};

const explore = (sql: Sql, event: StoredEvent) =>
  sql.query({
    text: "insert into explorer.events values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    values: [
      event.position,
      event.id,
      event.type,
      event.stream,
      event.revision,
      event.at,
      event.actor,
      event.reason ?? null,
      event.commandId,
      event.correlationId,
      event.causationId ?? null,
      event.traceparent ?? null,
      JSON.stringify(event.data),
    ],
  });

const targets = async (sql: Sql, { event, revision, position, at }: Recorded<TargetsEvent>) => {
  const { repository } = event;
  const paths = event.type === "TargetsAdded" ? event.targets.map(({ path }) => path) : event.paths;
  await sql.query({
    text: "update tuf.targets set to_revision = $3 where repository = $1 and path = any($2) and to_revision is null",
    values: [repository, paths, revision],
  });
  if (event.type === "TargetsAdded")
    await sql.query({
      text: `insert into tuf.targets select $1, t.path, $3, null, 0, t.length, t.hashes->>'sha256', t.custom, '', $4, $5
               from json_to_recordset($2) as t (path text, length bigint, hashes json, custom json)`,
      values: [repository, JSON.stringify(event.targets), revision, position, at],
    });
  await sql.query({ text: "update tuf.repositories set targets_revision = $2, position = $3 where name = $1", values: [repository, revision, position] });
};

const task = async (sql: Sql, recorded: Recorded<TaskEvent>) => {
  const row = taskAfter(await taskById(sql, recorded.event.task), recorded);
  const spelled = { ...row, input: {}, correlation_id: recorded.correlationId, queued_at: row.queuedAt, started_at: row.startedAt, finished_at: row.finishedAt, revision: recorded.revision };
  await sql.query({ text: "delete from tasks.tasks where id = $1", values: [row.id] });
  await sql.query({ text: "insert into tasks.tasks select * from json_populate_record(null::tasks.tasks, $1)", values: [JSON.stringify(spelled)] });
};

const token = async (sql: Sql, stored: StoredEvent) => {
  const { event, at, actor, position } = accessCodec.decode(stored);
  if (event.type === "TokenRevoked")
    await sql.query({ text: "update tokens.tokens set revoked_at = $2, position = $3 where id = $1", values: [event.token, at, position] });
  else
    await sql.query({
      text: "insert into tokens.tokens values ($1, $2, $3, $4, $5, $6, $7, null, $8)",
      values: [event.token, event.name, event.scope, event.secretSha256, event.expires, at, actor, position],
    });
};

interface Established {
  readonly name: string;
  readonly settings: object;
  readonly at: string;
  readonly position: number;
}

/** A repository with its first metadata; what its events hold in truth is of no concern to the API. */
export const establish = async (sql: Sql, { name, settings, at, position }: Established): Promise<void> => {
  await sql.query({
    text: "insert into tuf.repositories values ($1, $2, '{}', '{}', -1, -1, $3, $3, $4)",
    values: [name, JSON.stringify(settings), at, position],
  });
  await publishAll(sql, { name, version: 1, at, position });
};

/** A publication of everything that is pending. */
export const publishAll = async (sql: Sql, { name, version, at, position }: Omit<Established, "settings"> & { readonly version: number }): Promise<void> => {
  await sql.query({ text: "update tuf.repositories set covers = targets_revision, published_at = $2 where name = $1", values: [name, at] });
  for (const role of ["snapshot", "timestamp"]) {
    const bytes = Buffer.from(JSON.stringify({ signed: { _type: role, version }, signatures: [] }));
    const values = [name, role, version, "2030-01-01T00:00:00Z", bytes.length, "00".repeat(32), bytes.toString(), position, at];
    await sql.query({ text: "insert into tuf.metadata values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", values });
    await sql.query({
      text: "insert into tuf.roles values ($1, $2, $3, $4) on conflict (repository, role) do update set version = excluded.version",
      values: values.slice(0, 4),
    });
  }
};
