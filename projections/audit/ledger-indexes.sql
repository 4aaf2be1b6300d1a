-- For those who read; what fills the tables uses none of them.
create index leaves_by_position on leaves (position);
-- Not unique: a log that somebody gave an event twice must not stop the ledger, which shows it.
create index leaves_by_id on leaves (id);
