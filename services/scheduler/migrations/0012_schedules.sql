ALTER TABLE "scheduler"."schedules" ALTER COLUMN "catch_up_window_ms" SET DATA TYPE bigint;--> statement-breakpoint
ALTER TABLE "scheduler"."schedules" ALTER COLUMN "catch_up_window_ms" SET DEFAULT 259200000;--> statement-breakpoint
ALTER TABLE "scheduler"."hook_calls" ADD COLUMN "body_hash" text;--> statement-breakpoint
ALTER TABLE "scheduler"."schedules" ADD COLUMN "paused_reason" text;