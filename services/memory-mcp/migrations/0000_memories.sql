CREATE SCHEMA "memory_mcp";
--> statement-breakpoint
CREATE TABLE "memory_mcp"."memories" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"content" text NOT NULL,
	"why" text NOT NULL,
	"agent" text NOT NULL,
	"category" text NOT NULL,
	"capabilities" text[] NOT NULL,
	"tags" text[] NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"pending" boolean DEFAULT true NOT NULL,
	"claimed_until" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"deleted_at" timestamp(3) with time zone,
	"search" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', translate(content, './:@_-', '      '))) STORED
);
--> statement-breakpoint
CREATE INDEX "memories_project" ON "memory_mcp"."memories" USING btree ("project_id","created_at","id");--> statement-breakpoint
CREATE INDEX "memories_pending" ON "memory_mcp"."memories" USING btree ("created_at") WHERE pending;--> statement-breakpoint
CREATE INDEX "memories_expiry" ON "memory_mcp"."memories" USING btree ("expires_at") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "memories_search" ON "memory_mcp"."memories" USING gin ("search");