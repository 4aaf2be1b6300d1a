-- The artifact graph, and how it came to be what it is. A row holds from its from_position on, up to and without its to_position;
-- without one it holds now. What a position means is in `changes`.

-- Each event that the graph was made of.
create table changes (
  position bigint primary key,
  id uuid not null unique,
  type text not null,
  stream text not null,
  actor text not null,
  reason text,
  at timestamptz not null
);

-- Every node that there ever was, by numbers without gaps from 0 in the order of their first appearance in the log: a rebuild
-- gives each the same. Numbers never change and are never used again.
create table nodes (
  number integer primary key,
  key text collate "C" not null,
  kind text not null,                     -- by its key
  refined text,                           -- what an artifact turned out to be, from refined_position on
  refined_position bigint,
  held integer not null,                  -- claims of it, and claims of links that end at it, now: it exists while there are any
  words tsvector not null                 -- of its key
);
create unique index nodes_by_key on nodes (key);

-- When a node existed. Stretches of the same node never touch.
create table spans (
  node integer not null,
  from_position bigint not null,
  to_position bigint,
  primary key (node, from_position)
);

-- What sources say of nodes: that they exist …
create table claims (
  node integer not null,
  source text not null,
  kind text not null,
  since_position bigint not null,         -- from when on the source has said, without a break, that the node exists
  from_position bigint not null,          -- from when on that it is of this kind
  to_position bigint
);
create index claims_of_node on claims (node);

-- … and what they are like: one row for each value that a source gave an attribute, as long as it said so without a break.
create table attributes (
  node integer not null,
  source text not null,
  name text collate "C" not null,
  value jsonb not null,                   -- a string, a number, a boolean, a list of strings
  words tsvector not null,                -- of its strings
  from_position bigint not null,
  to_position bigint
);
create index attributes_of_node on attributes (node);

-- What sources say of links. A link may have several rows at the same position, one for each source; it exists while it has any.
-- A new row begins where the attributes change.
create table links (
  from_node integer not null,
  to_node integer not null,
  type smallint not null,                 -- place in linkTypes of domain/graph/kinds.ts, from 0
  source text not null,
  attributes json not null,
  since_position bigint not null,         -- from when on the source has said, without a break, that the link exists
  from_position bigint not null,
  to_position bigint
);
create index links_out on links (from_node, type, to_node) include (from_position, to_position);
create index links_in on links (to_node, type, from_node) include (from_position, to_position);

-- What runs where: the service of a deployment's node, and the artifact that it runs.
create table deployments (
  node integer not null,
  environment text not null,
  service text not null,
  artifact integer not null,
  source text not null,
  from_position bigint not null,
  to_position bigint,
  primary key (node, from_position)
);
create index deployments_of_artifact on deployments (artifact);

-- Which artifact a path of a TUF repository is now: what to end when the path is replaced or removed.
create table targets (
  repository text not null,
  path text collate "C" not null,
  artifact integer not null,
  added_position bigint not null,         -- since when this artifact
  place integer not null,                 -- among the paths of the same event
  primary key (repository, path)
);
create index targets_of_artifact on targets (artifact);
