-- For those who read; what fills the tables uses none of them.
create index if not exists events_by_stream on events (stream, position);
create index if not exists events_by_type on events (type, position);
create index if not exists events_by_correlation on events (correlation_id, position);
create index if not exists events_by_actor on events (actor, position);
-- Not unique: a log that somebody gave an event twice must not stop it.
create index if not exists events_by_id on events (id);
create index if not exists events_by_causation on events (causation_id, position) where causation_id is not null;
