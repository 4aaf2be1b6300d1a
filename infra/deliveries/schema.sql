-- How far each endpoint is, and what became of each attempt: the deliverer's own, of which nothing is true that the log does not say better.
create schema if not exists deliveries;
create table if not exists deliveries.cursors (
  endpoint uuid primary key,
  fence bigint not null,
  position bigint not null,              -- everything up to here was taken, or was not wanted
  epoch bigint not null,                 -- position of the newest change of the endpoint that was heeded
  attempt integer not null default 0,    -- of the event behind `position`, so far
  trying_since timestamptz,              -- since the first of these attempts
  failing_since timestamptz,             -- nothing was taken since
  next_at timestamptz,
  last_success timestamptz,
  last_error text
);
create table if not exists deliveries.attempts (
  id bigint generated always as identity primary key,
  endpoint uuid not null,
  position bigint not null,
  event_id uuid not null,
  event_type text not null,
  kind text not null,                    -- event, resend, test
  request uuid,
  attempt integer not null,
  at timestamptz not null,
  ms double precision not null,
  status integer,
  outcome text not null,                 -- delivered, failed, dead
  error text,
  response text,
  next_at timestamptz
);
create index if not exists attempts_by_endpoint on deliveries.attempts (endpoint, id);
create index if not exists attempts_by_request on deliveries.attempts (request) where request is not null;
