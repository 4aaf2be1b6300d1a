-- Every event, to be searched by stream, type, actor and correlation; positions and times grow together.
create table events (
  position bigint primary key,
  id uuid not null,
  type text collate "C" not null,
  stream text collate "C" not null,
  revision integer not null,
  at timestamptz not null,
  actor text not null,
  reason text,
  command_id uuid not null,
  correlation_id text not null,
  causation_id uuid,
  traceparent text,
  data json not null
);
create index events_by_stream on events (stream, position);
create index events_by_type on events (type, position);
create index events_by_correlation on events (correlation_id, position);
create index events_by_actor on events (actor, position);
-- Not unique: a log that somebody gave an event twice must not stop it.
create index events_by_id on events (id);
create index events_by_causation on events (causation_id, position) where causation_id is not null;
