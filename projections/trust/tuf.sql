-- TUF repositories: what is there, what clients can see, and every metadata file that was ever published.
create table repositories (
  name text primary key,
  settings json not null,
  root json not null,                     -- signed root as recorded
  bin_key json not null,                  -- { keyid, key }
  targets_revision integer not null default -1,  -- last revision seen of the targets stream
  covers integer not null default -1,     -- revision of the targets stream that the published metadata covers
  established_at timestamptz not null,
  published_at timestamptz,
  position bigint not null                -- of the last event that changed this row
);

-- One row for each time that a target was added or replaced; present where to_revision is null. Both revisions count the
-- targets stream: a row belongs to publication R where from_revision <= R and (to_revision is null or to_revision > R).
create table targets (
  repository text not null,
  path text collate "C" not null,
  from_revision integer not null,
  to_revision integer,
  bin integer not null,
  length bigint not null,
  sha256 text not null,
  custom json,
  entry text not null,                    -- canonical member of its bin's metadata
  position bigint not null,
  at timestamptz not null,
  primary key (repository, path, from_revision)
);
create index targets_by_bin on targets (repository, bin, path);

-- One row, with one byte string, for each version of each role, for ever.
create table metadata (
  repository text not null,
  role text not null,
  version integer not null,
  expires timestamptz not null,
  length integer not null,
  sha256 text not null,
  content text not null,                  -- the file, byte for byte
  position bigint not null,
  at timestamptz not null,
  primary key (repository, role, version)
);

-- The present version of each role.
create table roles (
  repository text not null,
  role text not null,
  version integer not null,
  expires timestamptz not null,
  primary key (repository, role)
);
