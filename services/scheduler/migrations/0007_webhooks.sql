CREATE TABLE "scheduler"."hook_calls" (
	"id" uuid PRIMARY KEY NOT NULL,
	"hook_id" uuid NOT NULL,
	"at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"outcome" text NOT NULL,
	"reason" text,
	"detail" text,
	"message_id" text,
	"run_id" uuid
);
--> statement-breakpoint
CREATE TABLE "scheduler"."hooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"name" text NOT NULL,
	"scheme" text NOT NULL,
	"mapping" json NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"secret" text NOT NULL,
	"previous_secret" text,
	"previous_until" timestamp(3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scheduler"."webhook_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"webhook_id" uuid NOT NULL,
	"seq" bigint,
	"event_type" text NOT NULL,
	"body" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"step" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp(3) with time zone,
	"lease_until" timestamp(3) with time zone,
	"last_status_code" integer,
	"last_error" text,
	"last_duration_ms" integer,
	"response_excerpt" text,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"delivered_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "scheduler"."event_cursors" (
	"name" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scheduler"."webhooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"event_types" text[] NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"disabled_reason" text,
	"secret" text NOT NULL,
	"previous_secret" text,
	"previous_until" timestamp(3) with time zone,
	"after_seq" bigint NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "hook_calls_message" ON "scheduler"."hook_calls" USING btree ("hook_id","message_id") WHERE outcome = 'accepted';--> statement-breakpoint
CREATE INDEX "hook_calls_listed" ON "scheduler"."hook_calls" USING btree ("hook_id","at","id");--> statement-breakpoint
CREATE INDEX "hook_calls_age" ON "scheduler"."hook_calls" USING btree ("at");--> statement-breakpoint
CREATE INDEX "hooks_project" ON "scheduler"."hooks" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE INDEX "hooks_workflow" ON "scheduler"."hooks" USING btree ("workflow_id");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_event" ON "scheduler"."webhook_deliveries" USING btree ("webhook_id","seq");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "scheduler"."webhook_deliveries" USING btree ("webhook_id","next_at") WHERE status in ('pending', 'retrying');--> statement-breakpoint
CREATE INDEX "webhook_deliveries_dead" ON "scheduler"."webhook_deliveries" USING btree ("webhook_id","created_at") WHERE status = 'dead';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_listed" ON "scheduler"."webhook_deliveries" USING btree ("webhook_id","created_at","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_age" ON "scheduler"."webhook_deliveries" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "webhooks_project" ON "scheduler"."webhooks" USING btree ("project_id","created_at");--> statement-breakpoint
-- Webhooks tell of what happens from now on.
insert into scheduler.event_cursors (name, seq) select 'webhooks', coalesce(max(seq), 0) from platform.domain_events;
