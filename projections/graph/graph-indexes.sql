-- For those who read; what fills the tables uses none of them.
create index if not exists changes_by_time on changes (at, position);
create index if not exists nodes_by_kind on nodes (kind);
create index if not exists nodes_refined on nodes (refined) where refined is not null;
create index if not exists nodes_by_words on nodes using gin (words);
create index if not exists attributes_by_value on attributes (name, md5(value::text));
create index if not exists attributes_by_words on attributes using gin (words);
create index if not exists links_ended on links (to_position) where to_position is not null;
create index if not exists links_begun on links (from_position);
