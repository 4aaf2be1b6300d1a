-- Every event, to be searched by stream, type and correlation.
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
