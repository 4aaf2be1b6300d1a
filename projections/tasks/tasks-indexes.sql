-- For those who read; what fills the tables uses none of them.
create index if not exists tasks_open on tasks (kind, subject) where state in ('queued', 'running');
create index if not exists tasks_recent on tasks (queued_at desc, id desc);
create index if not exists tasks_by_subject on tasks (subject, queued_at desc, id desc);
