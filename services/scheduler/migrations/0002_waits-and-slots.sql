CREATE TABLE "scheduler"."signals" (
	"run_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "scheduler"."signals_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"payload" json,
	"at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "signals_run_id_name_id_pk" PRIMARY KEY("run_id","name","id")
);
--> statement-breakpoint
CREATE TABLE "scheduler"."slots" (
	"key" text NOT NULL,
	"run_id" uuid NOT NULL,
	"taken_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "slots_key_run_id_pk" PRIMARY KEY("key","run_id")
);
--> statement-breakpoint
CREATE TABLE "scheduler"."workers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pools" text[] NOT NULL,
	"seen_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
DROP INDEX "scheduler"."live_steps_ready";--> statement-breakpoint
ALTER TABLE "scheduler"."live_steps" ADD COLUMN "priority" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "open" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "waits" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "blocked" text;--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "slot_key" text;--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "slot_limit" integer;--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "slot_waiting" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "priority" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."runs" ADD COLUMN "origin_run_id" uuid;--> statement-breakpoint
ALTER TABLE "scheduler"."runs" ADD COLUMN "blocked_reason" text;--> statement-breakpoint
CREATE INDEX "slots_run" ON "scheduler"."slots" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "run_state_slot" ON "scheduler"."run_state" USING btree ("slot_key","run_id") WHERE slot_waiting;--> statement-breakpoint
CREATE INDEX "live_steps_ready" ON "scheduler"."live_steps" USING btree ("pool","project_id","priority","ready_at","run_id","ordinal") WHERE state = 0;