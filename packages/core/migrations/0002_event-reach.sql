-- Where in the log a project has events, in steps of 1,024 places: one row for many events, instead of an entry of an index for each.
create table platform.event_reach (
  project_id text not null,
  chunk bigint not null,
  primary key (project_id, chunk)
);
--> statement-breakpoint
insert into platform.event_reach (project_id, chunk)
select distinct project_id, seq / 1024 from platform.domain_events where project_id is not null;
--> statement-breakpoint
drop index platform.domain_events_project;
--> statement-breakpoint
create or replace function platform.keep_events(keep_days int) returns setof text language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
  delete from platform.event_reach where chunk < (select min(seq) / 1024 from platform.domain_events);
end $$;
