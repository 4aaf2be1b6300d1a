create schema if not exists waybill_log;

create table waybill_log.events (
  position bigint primary key,
  revision int not null,
  -- How many events the append has; on its last event only, which stands for its receipt.
  size int,
  at timestamptz(3) not null,
  id uuid not null,
  stream text collate "C" not null,
  type text collate "C" not null,
  actor text not null,
  reason text,
  command_id text collate "C" not null,
  correlation_id text not null,
  causation_id text,
  traceparent text,
  -- JSON as it was written; data::json where SQL is to look into it.
  data text not null
);

create unique index events_by_revision on waybill_log.events (stream, revision);
create unique index events_by_id on waybill_log.events (id);
create unique index events_by_command on waybill_log.events (command_id) where size is not null;

-- Empty: its lock is the turn to append.
create table waybill_log.turn ();

create table waybill_log.schema (version int not null);
insert into waybill_log.schema values (1);
