-- Appends a group in one transaction, dense positions in commit order; a refused append takes none and fails no other.
-- One element per append: `before` is the place in the group of the append before it to the same stream, 0 where there is none;
-- `expected` is a revision, -1 none, -2 any, -4 exists. One element per event: `owners` is the place of its append, `nths` its own
-- in there; ids, types and data have one per line.
-- Answers a letter for each append (a appended, c conflict, r replayed) and its stream's revision afterwards.
-- Quick, it leaves repeated commands to the unique indexes, whose error fails the group. Then it is to be called again `careful`.
create function waybill_log.append(
  streams text[], before int[], expected int[], sizes int[], actors text[], reasons text[], commands text[], correlations text[],
  causations text[], traceparents text[], owners int[], nths int[], ids text, types text, data text, careful boolean,
  out base bigint, out outcomes text, out heads int[]
) language plpgsql
-- The plans are made while the table is empty, and must not be what is best then.
set enable_seqscan = off set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan
as $$
declare
  asked record;
  head int;
  firsts bigint[] := '{}';
  revisions int[] := '{}';
  upto bigint;
  now timestamptz;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise 'waybill_log.append needs read committed: any other level would look at the log as it was before its turn';
  end if;
  -- A statement of its own: the next ones see all that was committed while this one waited. Held to the commit, so that commit
  -- order is position order.
  lock table waybill_log.turn in exclusive mode;
  select e.position, e.at into base, now from waybill_log.events e order by e.position desc limit 1;
  base := coalesce(base, 0);
  upto := base;
  now := greatest(now, date_trunc('milliseconds', clock_timestamp()));
  outcomes := '';
  heads := '{}';
  for asked in
    select a.place, a.before, a.expected, a.size, a.command,
      (select e.revision from waybill_log.events e where e.stream = a.stream order by e.revision desc limit 1) as revision,
      careful and exists (select from waybill_log.events e where e.command_id = a.command and e.size is not null) as known
    from unnest(streams, before, expected, sizes, commands) with ordinality as a (stream, before, expected, size, command, place)
    order by a.place
  loop
    -- Set for refused appends, too: an array that begins at its second place would be unnested from there.
    firsts[asked.place] := null;
    revisions[asked.place] := null;
    head := case when asked.before > 0 then heads[asked.before] else coalesce(asked.revision, -1) end;
    if not asked.known and (asked.expected = head or asked.expected = -2 or asked.expected = -4 and head >= 0) then
      firsts[asked.place] := upto;
      revisions[asked.place] := head;
      upto := upto + asked.size;
      head := head + asked.size;
      outcomes := outcomes || 'a';
    elsif asked.known or exists (select from waybill_log.events e where e.command_id = asked.command and e.size is not null) then
      outcomes := outcomes || 'r';
    else
      outcomes := outcomes || 'c';
    end if;
    heads[asked.place] := head;
  end loop;
  if upto = base then
    return;
  end if;
  insert into waybill_log.events
    (position, revision, size, at, id, stream, type, actor, reason, command_id, correlation_id, causation_id, traceparent, data)
  select a.first + e.nth, a.revision + e.nth, case when e.nth = a.size then a.size end, now, e.id::uuid, a.stream, e.type,
    a.actor, a.reason, a.command, a.correlation, a.causation, a.traceparent, e.data
  from rows from (unnest(owners), unnest(nths), string_to_table(ids, E'\n'), string_to_table(types, E'\n'), string_to_table(data, E'\n'))
    as e (owner, nth, id, type, data)
  join unnest(streams, sizes, actors, reasons, commands, correlations, causations, traceparents, firsts, revisions)
    with ordinality as a (stream, size, actor, reason, command, correlation, causation, traceparent, first, revision, place)
    on a.place = e.owner
  where a.first is not null;
  perform pg_notify('waybill_log', '');
end $$;
