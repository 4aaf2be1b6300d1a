-- For those who read; what fills the tables uses none of them.
create index if not exists targets_added on targets (repository, from_revision);
create index if not exists targets_removed on targets (repository, to_revision) where to_revision is not null;
create index if not exists metadata_recent on metadata (repository, position, role, version);
