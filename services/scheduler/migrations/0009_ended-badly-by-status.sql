DROP INDEX "scheduler"."runs_project_ended_badly";--> statement-breakpoint
CREATE INDEX "runs_project_ended_badly" ON "scheduler"."runs" USING btree ("project_id","status","id") WHERE ended_badly;