CREATE SCHEMA "agents";
--> statement-breakpoint
CREATE TABLE "agents"."activities" (
	"id" uuid PRIMARY KEY NOT NULL,
	"agent_id" uuid NOT NULL,
	"action" text NOT NULL,
	"details" jsonb NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"run_id" uuid,
	"task_id" uuid
);
--> statement-breakpoint
CREATE TABLE "agents"."agent_projects" (
	"agent_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	CONSTRAINT "agent_projects_agent_id_project_id_pk" PRIMARY KEY("agent_id","project_id")
);
--> statement-breakpoint
CREATE TABLE "agents"."agents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"capabilities" text[] DEFAULT '{}' NOT NULL,
	"owner_id" uuid NOT NULL,
	"status" text DEFAULT 'offline' NOT NULL,
	"last_seen_at" timestamp(3) with time zone,
	"executions" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"timed" integer DEFAULT 0 NOT NULL,
	"duration_ms" bigint DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp(3) with time zone,
	"search" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', translate(name || ' ' || type, './:@_-', '      '))) STORED
);
--> statement-breakpoint
ALTER TABLE "agents"."agent_projects" ADD CONSTRAINT "agent_projects_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "agents"."agents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "activities_agent" ON "agents"."activities" USING btree ("agent_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "agent_projects_project" ON "agents"."agent_projects" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "agents_created" ON "agents"."agents" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "agents_owner" ON "agents"."agents" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "agents_seen" ON "agents"."agents" USING btree ("last_seen_at") WHERE status <> 'offline' and deleted_at is null;--> statement-breakpoint
CREATE INDEX "agents_search" ON "agents"."agents" USING gin ("search");