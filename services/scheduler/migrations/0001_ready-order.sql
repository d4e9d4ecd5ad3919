DROP INDEX "scheduler"."live_steps_ready";--> statement-breakpoint
CREATE INDEX "live_steps_ready" ON "scheduler"."live_steps" USING btree ("pool","ready_at","run_id","ordinal") WHERE state = 0;