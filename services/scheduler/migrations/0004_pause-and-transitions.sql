CREATE TABLE "scheduler"."workflow_transitions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "scheduler"."workflow_transitions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workflow_id" uuid NOT NULL,
	"from_status" text,
	"to_status" text NOT NULL,
	"published_version" integer,
	"reason" text,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"occurred_at" timestamp(3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "scheduler"."workflows" ADD COLUMN "paused_at" timestamp(3) with time zone;--> statement-breakpoint
CREATE INDEX "workflow_transitions_workflow" ON "scheduler"."workflow_transitions" USING btree ("workflow_id","id");