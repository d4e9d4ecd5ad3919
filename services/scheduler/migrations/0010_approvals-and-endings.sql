CREATE TABLE "scheduler"."approvals" (
	"run_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"step_key" text NOT NULL,
	"item" smallint,
	"title" text NOT NULL,
	"description" text,
	"role" text NOT NULL,
	"on_expire" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"requested_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"decided_at" timestamp(3) with time zone,
	"decided_by" text,
	"comment" text,
	CONSTRAINT "approvals_run_id_ordinal_pk" PRIMARY KEY("run_id","ordinal")
);
--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "ending" json;--> statement-breakpoint
ALTER TABLE "scheduler"."run_state" ADD COLUMN "parent_attempt" smallint;--> statement-breakpoint
CREATE INDEX "approvals_pending" ON "scheduler"."approvals" USING btree ("project_id","run_id","ordinal") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "approvals_project" ON "scheduler"."approvals" USING btree ("project_id","run_id","ordinal");