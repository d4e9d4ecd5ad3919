CREATE SCHEMA "scheduler";
--> statement-breakpoint
CREATE TABLE "scheduler"."attempts" (
	"run_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"attempt" smallint NOT NULL,
	"started_at" timestamp(3) with time zone,
	"ended_at" timestamp(3) with time zone NOT NULL,
	"error" json NOT NULL,
	CONSTRAINT "attempts_run_id_ordinal_attempt_pk" PRIMARY KEY("run_id","ordinal","attempt")
);
--> statement-breakpoint
CREATE TABLE "scheduler"."live_steps" (
	"run_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"node" smallint NOT NULL,
	"item" smallint,
	"state" smallint NOT NULL,
	"attempt" smallint NOT NULL,
	"lost" smallint NOT NULL,
	"pool" text,
	"project_id" uuid NOT NULL,
	"worker" uuid,
	"input" json,
	"timeout_ms" integer NOT NULL,
	"queued_at" timestamp(3) with time zone NOT NULL,
	"ready_at" timestamp(3) with time zone NOT NULL,
	"started_at" timestamp(3) with time zone,
	"lease_until" timestamp(3) with time zone,
	CONSTRAINT "live_steps_run_id_ordinal_pk" PRIMARY KEY("run_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "scheduler"."log_chunks" (
	"run_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "scheduler"."log_chunks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"ordinal" integer NOT NULL,
	"attempt" smallint NOT NULL,
	"lines" json NOT NULL,
	CONSTRAINT "log_chunks_run_id_id_pk" PRIMARY KEY("run_id","id")
);
--> statement-breakpoint
CREATE TABLE "scheduler"."run_state" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"workflow_version" integer NOT NULL,
	"entity_version" integer NOT NULL,
	"started" boolean NOT NULL,
	"nodes" text NOT NULL,
	"fans" json,
	"next_ordinal" integer NOT NULL,
	"error" json,
	"depth" smallint NOT NULL,
	"schedule_id" uuid,
	"task_id" uuid,
	"parent_run_id" uuid,
	"parent_ordinal" integer,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scheduler"."runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"workflow_version" integer NOT NULL,
	"schedule_id" uuid,
	"task_id" uuid,
	"parent_run_id" uuid,
	"trigger" text NOT NULL,
	"status" text NOT NULL,
	"outcome" text,
	"input" json NOT NULL,
	"output" json,
	"error" json,
	"created_at" timestamp(3) with time zone NOT NULL,
	"started_at" timestamp(3) with time zone,
	"ended_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "scheduler"."steps" (
	"run_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"node" smallint NOT NULL,
	"item" smallint,
	"status" text NOT NULL,
	"skipped" boolean NOT NULL,
	"attempt" smallint NOT NULL,
	"queued_at" timestamp(3) with time zone,
	"started_at" timestamp(3) with time zone,
	"ended_at" timestamp(3) with time zone NOT NULL,
	"input" json,
	"output" json,
	"error" json,
	CONSTRAINT "steps_run_id_ordinal_pk" PRIMARY KEY("run_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "scheduler"."timers" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "scheduler"."timers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp(3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"run_id" uuid NOT NULL,
	"ordinal" integer,
	"payload" json
);
--> statement-breakpoint
CREATE TABLE "scheduler"."fires" (
	"schedule_id" uuid NOT NULL,
	"fire_at" timestamp(3) with time zone NOT NULL,
	"fired_at" timestamp(3) with time zone NOT NULL,
	"run_id" uuid NOT NULL,
	CONSTRAINT "fires_schedule_id_fire_at_pk" PRIMARY KEY("schedule_id","fire_at")
);
--> statement-breakpoint
CREATE TABLE "scheduler"."schedules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"cron" text,
	"every_ms" bigint,
	"at" timestamp(3) with time zone,
	"timezone" text DEFAULT 'UTC' NOT NULL,
	"input" json NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"next_fire_at" timestamp(3) with time zone,
	"last_fire_at" timestamp(3) with time zone,
	"last_run_id" uuid,
	"last_late_ms" integer,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scheduler"."workflow_versions" (
	"workflow_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"definition" json NOT NULL,
	"valid" boolean NOT NULL,
	"published_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "workflow_versions_workflow_id_version_pk" PRIMARY KEY("workflow_id","version")
);
--> statement-breakpoint
CREATE TABLE "scheduler"."workflows" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"status" text DEFAULT 'draft' NOT NULL,
	"published_version" integer,
	"latest_version" integer DEFAULT 1 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "live_steps_ready" ON "scheduler"."live_steps" USING btree ("pool","ready_at") WHERE state = 0;--> statement-breakpoint
CREATE INDEX "live_steps_leased" ON "scheduler"."live_steps" USING btree ("lease_until") WHERE state = 1;--> statement-breakpoint
CREATE INDEX "run_state_parent" ON "scheduler"."run_state" USING btree ("parent_run_id") WHERE parent_run_id is not null;--> statement-breakpoint
CREATE INDEX "runs_project" ON "scheduler"."runs" USING btree ("project_id","id");--> statement-breakpoint
CREATE INDEX "runs_workflow" ON "scheduler"."runs" USING btree ("workflow_id","id");--> statement-breakpoint
CREATE INDEX "runs_schedule" ON "scheduler"."runs" USING btree ("schedule_id","id") WHERE schedule_id is not null;--> statement-breakpoint
CREATE INDEX "timers_due" ON "scheduler"."timers" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "schedules_due" ON "scheduler"."schedules" USING btree ("next_fire_at") WHERE status = 'active';--> statement-breakpoint
CREATE INDEX "schedules_project" ON "scheduler"."schedules" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE INDEX "schedules_workflow" ON "scheduler"."schedules" USING btree ("workflow_id");--> statement-breakpoint
CREATE UNIQUE INDEX "workflows_slug" ON "scheduler"."workflows" USING btree ("project_id","slug");--> statement-breakpoint
CREATE INDEX "workflows_updated" ON "scheduler"."workflows" USING btree ("project_id","updated_at");
--> statement-breakpoint
ALTER TABLE "scheduler"."runs" SET (fillfactor = 70);
--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
--> statement-breakpoint
ALTER TABLE "scheduler"."live_steps" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
