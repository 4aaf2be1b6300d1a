/** A name for the server, and what it means. */
export type Named = readonly [string, string];

// $1 is the log's name in all of them. `limit 1` in a lateral question keeps it one look into an index, however empty the tables were
// when the plan was made.

export const registerLog = "insert into waybill_index.heads (name) values ($1) on conflict do nothing";

export const headPosition: Named = ["head", "select position from waybill_index.heads where name = $1"];

/** Rows of three kinds: the head (0), commands (1) and streams (2), with the place of what was asked. */
export const lookUp: Named = ["look up", `
  with head as (select log, position from waybill_index.heads where name = $1)
  select 0 as kind, null::bigint as nth, position, null::int as revision, null as stream, null as ids from head
  union all
  select 1, asked.nth, found.position, found.revision, found.stream, found.ids
  from head, unnest($2::uuid[]) with ordinality as asked (command, nth), lateral (
    select p.position, c.revision, s.name as stream,
      (select string_agg(e.id::text, ',' order by e.revision) from waybill_index.places e
        where e.stream = c.stream and e.revision > c.revision - c.size and e.revision <= c.revision) as ids
    from waybill_index.commands c
    join waybill_index.streams s on s.id = c.stream
    join waybill_index.places p on p.stream = c.stream and p.revision = c.revision
    where c.log = head.log and c.command = asked.command limit 1) as found
  union all
  select 2, asked.nth, null, found.revision, null, null
  from head, unnest($3::text[]) with ordinality as asked (stream, nth), lateral (
    select s.revision from waybill_index.streams s where s.log = head.log and s.name = asked.stream limit 1) as found`];

/** The head's position on each row; a row without a place where there are none. */
export const places: Named = ["places", `
  select head.position, found.revision, found.position
  from waybill_index.heads as head left join lateral (
    select p.revision, p.position
    from (select s.id from waybill_index.streams s where s.log = head.log and s.name = $2 limit 1) as stream (id)
    join waybill_index.places p on p.stream = stream.id
    where p.revision > $3 order by p.revision limit $4) as found on true
  where head.name = $1 order by found.revision`];

/**
 * Compare and set: the head's row is locked first, and where it no longer stands at $2 the rest finds nothing to do.
 * $4, $5: streams and their last revisions. $6 to $9: events, with the place of their stream. $10 to $13: commands likewise.
 */
export const extend: Named = ["extend", `
  with head as (
    update waybill_index.heads set position = $3 where name = $1 and position = $2 returning log
  ), stream as (
    insert into waybill_index.streams as s (log, name, revision)
    select head.log, page.name, page.revision from head, unnest($4::text[], $5::int[]) as page (name, revision)
    on conflict (log, name) do update set revision = excluded.revision
    returning s.id, s.name
  ), numbered as (
    select stream.id, page.nth from unnest($4::text[]) with ordinality as page (name, nth) join stream using (name)
  ), place as (
    insert into waybill_index.places (stream, revision, position, id)
    select numbered.id, page.revision, page.position, page.id
    from unnest($6::int[], $7::int[], $8::bigint[], $9::uuid[]) as page (nth, revision, position, id) join numbered using (nth)
  ), command as (
    insert into waybill_index.commands as c (log, command, stream, revision, size)
    select head.log, page.command, numbered.id, page.revision, page.size
    from head, unnest($10::uuid[], $11::int[], $12::int[], $13::int[]) as page (command, nth, revision, size) join numbered using (nth)
    on conflict (log, command) do update set revision = excluded.revision, size = c.size + excluded.size
    where c.stream = excluded.stream and c.revision = excluded.revision - excluded.size
  )
  select log from head`];

/** A new number, under which there is nothing; what the old one had is for `sweep`. */
export const clear: Named = ["clear", "update waybill_index.heads set log = default, position = 0 where name = $1"];

/** Deletes what belongs to no log any more. */
export const sweep = `
  with gone as (delete from waybill_index.streams where not exists (select from waybill_index.heads where heads.log = streams.log) returning id),
  places as (delete from waybill_index.places where stream in (select id from gone))
  delete from waybill_index.commands where not exists (select from waybill_index.heads where heads.log = commands.log)`;
