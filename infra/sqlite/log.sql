-- A commit writes every page that it touched, so that an index over (stream, revision) would cost a page for each stream in the
-- group. Instead each stream is a chain that is followed back from its last event, or from an anchor: ADR-0001.
create table events (
  position integer primary key,
  -- Position of the event before it in its stream.
  previous integer,
  revision integer not null,
  -- How many events the append has; on its last event only, which stands for its receipt.
  size integer,
  at text not null,
  id text not null,
  stream text not null,
  type text not null,
  actor text not null,
  reason text,
  command_id text not null,
  correlation_id text not null,
  causation_id text,
  traceparent text,
  data text not null
) strict;

create unique index events_by_id on events (id);
create unique index events_by_command on events (command_id) where size is not null;
create unique index anchors on events (stream, revision) where revision % 256 = 0;

-- The last event of each stream.
create table streams (
  name text primary key,
  revision integer not null,
  position integer not null
) strict, without rowid;
