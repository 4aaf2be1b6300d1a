-- For those who read; what fills the tables uses none of them.
create index if not exists leaves_by_position on leaves (position);
-- Not unique: a log that somebody gave an event twice must not stop the ledger, which shows it.
create index if not exists leaves_by_id on leaves (id);
