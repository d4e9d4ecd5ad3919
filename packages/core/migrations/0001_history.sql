-- History lies in partitions, one for each month, and is forgotten by dropping whole months: no row is deleted, no page is
-- left half empty. A partition is named after its month (_202612), or after the month before which it lies (_until_202612).
create function platform.month_of(partition_name text) returns timestamptz language sql immutable set timezone = 'UTC' as $$
  select to_timestamp(substring(partition_name from '(\d{6})$') || '01', 'YYYYMMDD')
$$;
--> statement-breakpoint
-- The bound of a month as the key of a table has it: the first UUIDv7 of that time, or the time itself.
create function platform.month_bound(at timestamptz, by_id boolean) returns text language sql immutable set timezone = 'UTC' as $$
  select case when not by_id then at::text else
    substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-0000-0000-000000000000' end
  from (select lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') as hex) h
$$;
--> statement-breakpoint
-- Makes the partitions of this month and of those that follow, as far as they are not there. `options` as in with (…).
create function platform.make_partitions(parent regclass, by_id boolean, ahead int, options text) returns void
language plpgsql set timezone = 'UTC' as $$
declare
  space text := (select nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = parent);
  base text := (select relname from pg_class where oid = parent);
  covered timestamptz := (
    select max(platform.month_of(c.relname)) from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = parent and c.relname like '%\_until\_%');
  month timestamptz;
begin
  for month in select generate_series(date_trunc('month', now()), date_trunc('month', now()) + ahead * interval '1 month', interval '1 month') loop
    continue when month < covered or to_regclass(format('%I.%I', space, base || '_' || to_char(month, 'YYYYMM'))) is not null;
    execute format('create table %I.%I partition of %s for values from (%L) to (%L) %s', space, base || '_' || to_char(month, 'YYYYMM'),
      parent, platform.month_bound(month, by_id), platform.month_bound(month + interval '1 month', by_id), options);
  end loop;
end $$;
--> statement-breakpoint
-- The partitions whose months lie wholly before a time, with the bounds of each as the key has them.
create function platform.old_partitions(parent regclass, before timestamptz, by_id boolean)
returns table (partition regclass, lower_bound text, upper_bound text) language sql stable set timezone = 'UTC' as $$
  select c.oid::regclass,
    case when c.relname like '%\_until\_%' then null else platform.month_bound(platform.month_of(c.relname), by_id) end,
    platform.month_bound(ended.at, by_id)
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  cross join lateral (select platform.month_of(c.relname) + case when c.relname like '%\_until\_%' then interval '0' else interval '1 month' end as at) ended
  where i.inhparent = parent and ended.at <= before order by ended.at
$$;
--> statement-breakpoint
-- What is there becomes the first partition; it holds everything up to a month that has not begun.
create function platform.partition_by_month(parent regclass, key text, by_id boolean) returns void language plpgsql set timezone = 'UTC' as $$
declare
  space text := (select nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = parent);
  base text := (select relname from pg_class where oid = parent);
  until timestamptz := date_trunc('month', now() + interval '37 days');
  first text := base || '_until_' || to_char(until, 'YYYYMM');
  each record;
begin
  execute format('alter table %s rename to %I', parent, first);
  for each in select c.conname from pg_constraint c where c.conrelid = parent and c.contype = 'p' loop
    execute format('alter table %I.%I rename constraint %I to %I', space, first, each.conname, first || '_pk');
  end loop;
  for each in select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = parent and not i.indisprimary loop
    execute format('alter index %I.%I rename to %I', space, each.relname, first || substr(each.relname, length(base) + 1));
  end loop;
  execute format('create table %I.%I (like %I.%I including defaults including storage) partition by range (%s)', space, base, space, first, key);
  execute format('alter table %I.%I attach partition %I.%I for values from (minvalue) to (%L)', space, base, space, first,
    platform.month_bound(until, by_id));
end $$;
--> statement-breakpoint
alter table platform.domain_events drop constraint domain_events_pkey;
--> statement-breakpoint
alter table platform.domain_events add constraint domain_events_pk primary key (seq, occurred_at);
--> statement-breakpoint
select platform.partition_by_month('platform.domain_events', 'occurred_at', false);
--> statement-breakpoint
alter table platform.domain_events add constraint domain_events_pk primary key (seq, occurred_at);
--> statement-breakpoint
create index domain_events_project on platform.domain_events (project_id, seq);
--> statement-breakpoint
create index domain_events_run on platform.domain_events (entity_id) where type = 'run.created';
--> statement-breakpoint
-- Called by the gateway, which may neither make nor drop tables by itself. The newest event is kept whatever its age: the next
-- place in the log is counted from it.
create function platform.keep_events(keep_days int) returns setof text language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare each record;
begin
  -- one at a time: several services may start at once
  perform pg_advisory_xact_lock(7027005);
  perform platform.make_partitions('platform.domain_events', false, 2, '');
  for each in select * from platform.old_partitions('platform.domain_events', now() - keep_days * interval '1 day', false) loop
    continue when not exists (select from platform.domain_events where occurred_at >= each.upper_bound::timestamptz);
    return next each.partition::text;
    execute format('drop table %s', each.partition);
  end loop;
end $$;
--> statement-breakpoint
revoke execute on function platform.keep_events, platform.make_partitions, platform.partition_by_month from public;
--> statement-breakpoint
select platform.keep_events(36500);
