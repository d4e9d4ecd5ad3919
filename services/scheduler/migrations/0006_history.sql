-- see platform.partition_by_month; ids of runs are UUIDv7, so that a month is a range of them
select platform.partition_by_month('scheduler.runs', 'id', true);
--> statement-breakpoint
alter table scheduler.runs add constraint runs_pkey primary key (id);
--> statement-breakpoint
create index runs_project on scheduler.runs (project_id, id);
--> statement-breakpoint
create index runs_workflow on scheduler.runs (workflow_id, id);
--> statement-breakpoint
create index runs_schedule on scheduler.runs (schedule_id, id) where schedule_id is not null;
--> statement-breakpoint
select platform.partition_by_month('scheduler.steps', 'run_id', true);
--> statement-breakpoint
alter table scheduler.steps add constraint steps_run_id_ordinal_pk primary key (run_id, ordinal);
--> statement-breakpoint
select platform.partition_by_month('scheduler.attempts', 'run_id', true);
--> statement-breakpoint
alter table scheduler.attempts add constraint attempts_run_id_ordinal_attempt_pk primary key (run_id, ordinal, attempt);
--> statement-breakpoint
-- an identity may not stand in a partition; a sequence may
alter table scheduler.log_chunks alter column id drop identity;
--> statement-breakpoint
create sequence scheduler.log_chunk_ids;
--> statement-breakpoint
select setval('scheduler.log_chunk_ids', (select coalesce(max(id), 0) + 1 from scheduler.log_chunks), false);
--> statement-breakpoint
alter table scheduler.log_chunks alter column id set default nextval('scheduler.log_chunk_ids');
--> statement-breakpoint
select platform.partition_by_month('scheduler.log_chunks', 'run_id', true);
--> statement-breakpoint
alter table scheduler.log_chunks add constraint log_chunks_run_id_id_pk primary key (run_id, id);
--> statement-breakpoint
-- Called by the scheduler, which may neither make nor drop tables by itself. A month in which a run began that has not ended is kept.
create function scheduler.keep_history(keep_runs_days int, keep_logs_days int) returns setof text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  each record;
  kind record;
begin
  -- one at a time: several services may start at once
  perform pg_advisory_xact_lock(7027005);
  for kind in select * from (values
    ('scheduler.runs'::regclass, keep_runs_days, 'with (fillfactor = 70)'),
    ('scheduler.steps', keep_runs_days, ''),
    ('scheduler.attempts', keep_runs_days, ''),
    ('scheduler.log_chunks', keep_logs_days, '')) k(parent, keep_days, options)
  loop
    perform platform.make_partitions(kind.parent, true, 2, kind.options);
    for each in select * from platform.old_partitions(kind.parent, now() - kind.keep_days * interval '1 day', true) loop
      continue when exists (
        select from scheduler.run_state
        where run_id < each.upper_bound::uuid and (each.lower_bound is null or run_id >= each.lower_bound::uuid));
      return next each.partition::text;
      execute format('drop table %s', each.partition);
    end loop;
  end loop;
end $$;
--> statement-breakpoint
revoke execute on function scheduler.keep_history from public;
--> statement-breakpoint
select scheduler.keep_history(36500, 36500);
--> statement-breakpoint
ALTER TABLE "scheduler"."runs" ADD COLUMN "ended_badly" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
UPDATE "scheduler"."runs" SET "ended_badly" = true WHERE "status" in ('failed', 'canceled');
--> statement-breakpoint
CREATE INDEX "runs_project_ended_badly" ON "scheduler"."runs" USING btree ("project_id","id") WHERE ended_badly;
--> statement-breakpoint

CREATE INDEX "runs_ended_badly" ON "scheduler"."runs" USING btree ("id") WHERE ended_badly;