-- For those who read; what fills the tables uses none of them.
create index changes_by_time on changes (at, position);
create index nodes_by_kind on nodes (kind);
create index nodes_refined on nodes (refined) where refined is not null;
create index nodes_by_words on nodes using gin (words);
create index attributes_by_value on attributes (name, md5(value::text));
create index attributes_by_words on attributes using gin (words);
create index links_ended on links (to_position) where to_position is not null;
create index links_begun on links (from_position);
