ALTER TABLE "scheduler"."run_state" ADD COLUMN "ending" json;--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "parent_attempt" smallint;