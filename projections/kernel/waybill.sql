-- Where each projection stands. The row `tasks_next` is a rebuild of `tasks`, in the schema of that name.
create schema if not exists waybill;
create table if not exists waybill.projections (
  name text primary key,
  generation integer not null default 0,   -- of the tables in that schema; 0: there are none yet
  position bigint not null default 0,      -- everything up to here is in the tables
  state text not null default 'running',   -- running, stopped; of a rebuild also asked
  error text,                              -- why it stopped
  failed_position bigint,
  failed_event text,
  fence bigint not null default 0,         -- token of who runs it; it only grows: a former one can write no more
  updated_at timestamptz not null default now()
);
-- Tables that are filled from the beginning of the log, and lack the indexes of readers until they are as far as the log was then.
create table if not exists waybill.fills (name text primary key, until bigint not null);
-- The same for policies (commands/policies): everything up to `position` has been answered.
create table if not exists waybill.policies (like waybill.projections including all);
-- Signed checkpoints of the ledger, shown to everybody: no read model, since a signature is not made again. Lost with the database, the
-- last one is in the signer's own file, and those that were published are in the log.
create table if not exists waybill.ledger_checkpoints (size bigint primary key, note text not null, at timestamptz not null default clock_timestamp());
