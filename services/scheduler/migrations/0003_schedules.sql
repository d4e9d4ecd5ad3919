DROP INDEX "scheduler"."schedules_due";--> statement-breakpoint
ALTER TABLE "scheduler"."fires" ALTER COLUMN "run_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."fires" ADD COLUMN "outcome" text DEFAULT 'fired' NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."fires" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "scheduler"."fires" ADD COLUMN "until" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "scheduler"."fires" ADD COLUMN "late_ms" integer;--> statement-breakpoint
ALTER TABLE "scheduler"."fires" ADD COLUMN "backfill" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."schedules" ADD COLUMN "start_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "scheduler"."schedules" ADD COLUMN "end_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "scheduler"."schedules" ADD COLUMN "jitter_ms" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."schedules" ADD COLUMN "overlap" text DEFAULT 'allow' NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."schedules" ADD COLUMN "catch_up" text DEFAULT 'last' NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."schedules" ADD COLUMN "catch_up_window_ms" integer DEFAULT 60000 NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."schedules" ADD COLUMN "due_at" timestamp(3) with time zone;--> statement-breakpoint
CREATE INDEX "run_state_schedule" ON "scheduler"."run_state" USING btree ("schedule_id") WHERE schedule_id is not null;--> statement-breakpoint
CREATE INDEX "fires_waiting" ON "scheduler"."fires" USING btree ("schedule_id","fire_at") WHERE outcome = 'waiting';--> statement-breakpoint
CREATE INDEX "schedules_due" ON "scheduler"."schedules" USING btree ("due_at") WHERE status = 'active';--> statement-breakpoint
UPDATE "scheduler"."schedules" SET "due_at" = "next_fire_at";
--> statement-breakpoint
UPDATE "scheduler"."fires" SET "late_ms" = greatest(0, least(2147483647, extract(epoch from "fired_at" - "fire_at") * 1000))::int;
