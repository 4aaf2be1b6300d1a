create schema waybill_index;

-- One row for each log that has its index here. `log` is another number each time the index is begun anew.
create table waybill_index.heads (
  name text collate "C" primary key,
  log int not null generated always as identity,
  position bigint not null default 0
);

create table waybill_index.streams (
  id int generated always as identity primary key,
  log int not null,
  -- Of its last event.
  revision int not null,
  name text collate "C" not null,
  unique (log, name)
-- Room for new revisions beside the old ones: the indexes need not know of them.
) with (fillfactor = 70);

create table waybill_index.places (
  position bigint not null,
  stream int not null,
  revision int not null,
  id uuid not null,
  primary key (stream, revision)
);

-- The command's events are the last `size` up to `revision` in its stream.
create table waybill_index.commands (
  command uuid not null,
  log int not null,
  stream int not null,
  revision int not null,
  size int not null,
  primary key (log, command)
);

create table waybill_index.schema (version int not null);
insert into waybill_index.schema values (1);
