import type { Filter } from "#domain/deliveries/filter.ts";
import type { SecretCard } from "#domain/deliveries/events.ts";
import { isOpen } from "#projections/deliveries/queries.ts";
import { once } from "#projections/kernel/once.ts";
import { sqlBeside } from "#projections/kernel/projection.ts";
import type { Database, Sql } from "#projections/ports/sql.ts";

/** An endpoint as the read model shows it. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly filter: Filter;
  readonly deadLetterAfter: number | null;
  readonly enabled: boolean;
  readonly secrets: readonly (SecretCard & { readonly until: string | null })[];
  readonly resumeAt: number;
  readonly replayPosition: number;
  readonly replayAfter: number;
  readonly replayUntil: number;
  readonly replayRate: number | null;
  /** Of the last event that changes what is done. */
  readonly position: number;
}

/** Where an endpoint stands. */
export interface Cursor {
  readonly position: number;
  /** Attempts of the event behind it, so far. */
  readonly attempt: number;
  /** Since the first of these attempts; ISO 8601, as all of these. */
  readonly tryingSince: string | null;
  /** Nothing was taken since. */
  readonly failingSince: string | null;
  readonly nextAt: string | null;
  readonly lastSuccess: string | null;
  readonly lastError: string | null;
}

/** What became of one attempt. */
export interface Attempt {
  readonly endpoint: string;
  readonly position: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly kind: "event" | "resend" | "test";
  readonly request: string | null;
  readonly attempt: number;
  readonly at: string;
  readonly ms: number;
  readonly status: number | null;
  readonly outcome: "delivered" | "failed" | "dead";
  readonly error: string | null;
  readonly response: string;
  readonly nextAt: string | null;
}

/** A single delivery that was asked for. */
export interface Request {
  readonly id: string;
  readonly endpoint: string;
  readonly kind: "resend" | "test";
  readonly position: number;
  /** Position of the event that asked for it. */
  readonly asked: number;
}

export interface Written {
  readonly endpoint: string;
  readonly fence: number;
  readonly cursor: Cursor;
}

/** Makes the tables where they are missing; any number of processes may do so at once. */
export const deliveryTables = (database: Database): (() => Promise<unknown>) =>
  once(() =>
    database.transaction(async (sql) => {
      await sql.query({ text: "select pg_advisory_xact_lock(hashtextextended('waybill', 0))" });
      await sql.query({ text: sqlBeside(import.meta.url, "schema.sql") });
    }),
  );

export const allEndpoints = (sql: Sql): Promise<readonly Endpoint[]> =>
  sql.query<Endpoint>({
    name: "deliveries_endpoints",
    text: `select id, url, filter, dead_letter_after as "deadLetterAfter", enabled, secrets, resume_at as "resumeAt", replay_position as "replayPosition",
             replay_after as "replayAfter", replay_until as "replayUntil", replay_rate as "replayRate", position from webhooks.endpoints`,
  });

/** The highest fence of these endpoints. */
export const highestFence = async (sql: Sql, endpoints: readonly string[]): Promise<number> => {
  const [row] = await sql.query<{ fence: number | null }>({
    name: "deliveries_fence",
    text: "select max(fence) as fence from deliveries.cursors where endpoint = any($1::uuid[])",
    values: [endpoints],
  });
  return row?.fence ?? 0;
};

const columns = `position, attempt, trying_since as "tryingSince", failing_since as "failingSince", next_at as "nextAt", last_success as "lastSuccess", last_error as "lastError"`;

/**
 * Takes an endpoint over: from here on nobody with a lower fence moves its cursor. What was changed since the last time is heeded: a
 * replay moves the cursor, and any change has the endpoint tried at once. Null where somebody with a higher fence was here.
 */
export const openCursor = async (sql: Sql, endpoint: Endpoint, fence: number): Promise<Cursor | null> => {
  const [row] = await sql.query<Cursor>({
    name: "deliveries_open",
    text: `insert into deliveries.cursors as at (endpoint, fence, position, epoch) values ($1, $2, $3, $4)
           on conflict (endpoint) do update set fence = $2, epoch = greatest(at.epoch, $4),
             position = case when $5 > at.epoch then $6 else at.position end,
             attempt = case when $4 > at.epoch then 0 else at.attempt end,
             trying_since = case when $4 > at.epoch then null else at.trying_since end,
             failing_since = case when $4 > at.epoch then null else at.failing_since end,
             next_at = case when $4 > at.epoch then null else at.next_at end
           where at.fence <= $2
           returning ${columns}`,
    values: [endpoint.id, fence, endpoint.resumeAt, endpoint.position, endpoint.replayPosition, endpoint.replayAfter],
  });
  return row ?? null;
};

/** Everything or nothing; answers with the endpoints whose cursor was not ours any more. */
export const write = (database: Database, cursors: readonly Written[], attempts: readonly Attempt[]): Promise<readonly string[]> =>
  database.transaction(async (sql) => {
    const moved = cursors.length === 0 ? [] : await sql.query<{ endpoint: string }>({ name: "deliveries_move", text: move, values: [JSON.stringify(cursors.map(({ cursor, ...of }) => ({ ...of, ...cursor })))] });
    if (attempts.length > 0) await sql.query({ name: "deliveries_log", text: log, values: [JSON.stringify(attempts)] });
    const ours = new Set(moved.map(({ endpoint }) => endpoint));
    return cursors.map(({ endpoint }) => endpoint).filter((endpoint) => !ours.has(endpoint));
  });

const move = `update deliveries.cursors at set position = new.position, attempt = new.attempt, trying_since = new."tryingSince", failing_since = new."failingSince", next_at = new."nextAt",
    last_success = new."lastSuccess", last_error = new."lastError"
  from json_to_recordset($1) as new(endpoint uuid, fence bigint, position bigint, attempt integer, "tryingSince" timestamptz, "failingSince" timestamptz,
    "nextAt" timestamptz, "lastSuccess" timestamptz, "lastError" text)
  where at.endpoint = new.endpoint and at.fence = new.fence returning at.endpoint`;

const log = `insert into deliveries.attempts (endpoint, position, event_id, event_type, kind, request, attempt, at, ms, status, outcome, error, response, next_at)
  select endpoint, position, "eventId", "eventType", kind, request, attempt, at, ms, status, outcome, error, response, "nextAt"
  from json_to_recordset($1) as new(endpoint uuid, position bigint, "eventId" uuid, "eventType" text, kind text, request uuid, attempt integer, at timestamptz,
    ms double precision, status integer, outcome text, error text, response text, "nextAt" timestamptz)`;

/** What was asked for lately and not tried yet, in the order of asking. */
export const openRequests = (sql: Sql, endpoints: readonly string[]): Promise<readonly Request[]> =>
  sql.query<Request>({
    name: "deliveries_requests",
    text: `select id, endpoint, kind, event_position as position, position as asked from webhooks.requests where endpoint = any($1::uuid[]) and ${isOpen} order by requests.position`,
    values: [endpoints],
  });

/** The newest attempts of each endpoint stay, for a month at most. */
export const prune = async (sql: Sql, endpoints: readonly string[], most: number): Promise<void> => {
  for (const endpoint of endpoints)
    await sql.query({
      name: "deliveries_prune",
      text: `delete from deliveries.attempts where endpoint = $1 and (at < now() - interval '30 days' or id <=
               (select id from deliveries.attempts where endpoint = $1 order by id desc offset $2 limit 1))`,
      values: [endpoint, most],
    });
};

const isGone = "not exists (select from webhooks.endpoints where endpoints.id = cursors.endpoint)";

/** Of endpoints that are gone, attempts can be looked up for a month; then their cursors go, too. */
export const forget = async (sql: Sql): Promise<void> => {
  await sql.query({
    name: "deliveries_forget_attempts",
    text: `delete from deliveries.attempts where at < now() - interval '30 days' and endpoint in (select endpoint from deliveries.cursors where ${isGone})`,
  });
  await sql.query({
    name: "deliveries_forget_cursors",
    text: `delete from deliveries.cursors where ${isGone} and not exists (select from deliveries.attempts where attempts.endpoint = cursors.endpoint)`,
  });
};
