-- Bearer tokens, by the hash of their secret.
create table tokens (
  id uuid primary key,
  name text not null,
  scope text not null,                    -- read, write, admin
  secret_sha256 text not null unique,
  expires timestamptz,
  issued_at timestamptz not null,
  issued_by text not null,
  revoked_at timestamptz,
  position bigint not null
);
