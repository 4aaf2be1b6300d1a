-- RFC 6962's Merkle tree over all events, as tiles (C2SP tlog-tiles). Nothing of it depends on when it was filled.
-- The hash of each leaf is in the tiles; here is which event it is.
create table leaves (
  index bigint primary key,               -- 0, 1, 2 … also where the log's positions have gaps
  position bigint not null,
  id uuid not null
);

create table tiles (
  level smallint,
  index bigint,
  hashes bytea not null,                  -- 32 bytes each, 256 of them at most
  primary key (level, index)
);
-- Hashes cannot be compressed.
alter table tiles alter column hashes set storage external;
