ALTER TABLE "scheduler"."runs" ADD COLUMN "parent_ordinal" integer;--> statement-breakpoint
CREATE INDEX "runs_parent" ON "scheduler"."runs" USING btree ("parent_run_id","id") WHERE parent_run_id is not null;--> statement-breakpoint
-- of runs that have ended it is not known any more
update scheduler.runs r set parent_ordinal = s.parent_ordinal from scheduler.run_state s where s.run_id = r.id and s.parent_ordinal is not null;
