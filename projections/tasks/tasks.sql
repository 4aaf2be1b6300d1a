-- Where every task stands.
create table tasks (
  id uuid primary key,
  kind text not null,
  subject text not null,
  input json not null,
  correlation_id text not null,
  state text not null,                    -- queued, running, succeeded, failed
  attempt integer not null default 0,
  worker text,
  token bigint not null default 0,        -- of the last lease
  retry_at timestamptz,                   -- a queued task that failed before waits until then
  result json,
  error json,                             -- { code, message } of the last failed attempt
  queued_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  revision integer not null,              -- of its stream
  position bigint not null                -- of the last event that changed this row
);
