CREATE TABLE "scheduler"."artifacts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"attempt" smallint NOT NULL,
	"step_key" text NOT NULL,
	"item_index" integer,
	"name" text NOT NULL,
	"content_type" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"object_key" text NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "artifacts_name" UNIQUE("run_id","ordinal","attempt","name"),
	CONSTRAINT "artifacts_object" UNIQUE("object_key")
);
--> statement-breakpoint
ALTER TABLE "scheduler"."live_steps" ADD COLUMN "log_lines" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "scheduler"."live_steps" ADD COLUMN "log_bytes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "artifacts_run" ON "scheduler"."artifacts" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "artifacts_expired" ON "scheduler"."artifacts" USING btree ("expires_at");