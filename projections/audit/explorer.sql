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
