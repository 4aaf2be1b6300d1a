-- Who holds which lease, by this server's clock. A row stays when its lease has ended, so that tokens go on growing.
create schema if not exists waybill;
create table if not exists waybill.leases (
  name text primary key,
  owner text,                     -- null: given back
  token bigint not null,
  expires timestamptz not null
);
