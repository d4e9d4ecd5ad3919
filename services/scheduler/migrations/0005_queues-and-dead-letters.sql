CREATE TABLE "scheduler"."dead_letters" (
	"run_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"step_key" text NOT NULL,
	"item" smallint,
	"queue" text NOT NULL,
	"code" text NOT NULL,
	"message" text NOT NULL,
	"attempt" smallint NOT NULL,
	"at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"redriven_at" timestamp(3) with time zone,
	"redriven_run_id" uuid,
	"dismissed_at" timestamp(3) with time zone,
	CONSTRAINT "dead_letters_run_id_ordinal_pk" PRIMARY KEY("run_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "scheduler"."queues" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"project_id" uuid,
	"paused_at" timestamp(3) with time zone,
	"most" integer,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "queues_name" UNIQUE NULLS NOT DISTINCT("name","project_id")
);
--> statement-breakpoint
CREATE INDEX "dead_letters_open" ON "scheduler"."dead_letters" USING btree ("project_id","run_id","ordinal") WHERE redriven_at is null and dismissed_at is null;--> statement-breakpoint
CREATE INDEX "dead_letters_project" ON "scheduler"."dead_letters" USING btree ("project_id","run_id","ordinal");