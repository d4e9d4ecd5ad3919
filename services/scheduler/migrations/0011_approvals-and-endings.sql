CREATE TABLE "scheduler"."approvals" (
	"run_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"step_key" text NOT NULL,
	"item" smallint,
	"title" text NOT NULL,
	"description" text,
	"role" text NOT NULL,
	"on_expire" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"requested_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"decided_at" timestamp(3) with time zone,
	"decided_by" text,
	"comment" text,
	CONSTRAINT "approvals_run_id_ordinal_pk" PRIMARY KEY("run_id","ordinal")
);
--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "ending" json;--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "parent_attempt" smallint;--> statement-breakpoint
CREATE INDEX "approvals_pending" ON "scheduler"."approvals" USING btree ("project_id","run_id","ordinal") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "approvals_project" ON "scheduler"."approvals" USING btree ("project_id","run_id","ordinal");--> statement-breakpoint
-- approvals and dead letters go with the month of their runs
create or replace function scheduler.keep_history(keep_runs_days int, keep_logs_days int) returns setof text
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
      if kind.parent = 'scheduler.runs'::regclass then
        delete from scheduler.dead_letters
        where run_id < each.upper_bound::uuid and (each.lower_bound is null or run_id >= each.lower_bound::uuid);
        delete from scheduler.approvals
        where run_id < each.upper_bound::uuid and (each.lower_bound is null or run_id >= each.lower_bound::uuid);
      end if;
    end loop;
  end loop;
end $$;
--> statement-breakpoint
delete from scheduler.dead_letters d where not exists (select from scheduler.runs r where r.id = d.run_id);
