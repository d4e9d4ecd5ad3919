CREATE SCHEMA "projects";
--> statement-breakpoint
CREATE TABLE "projects"."members" (
	"project_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "members_project_id_user_id_pk" PRIMARY KEY("project_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "projects"."projects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"parent_id" uuid,
	"owner_id" uuid NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"risk_flag" text DEFAULT 'none' NOT NULL,
	"due_at" timestamp(3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp(3) with time zone,
	"search" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', translate(name || ' ' || coalesce(description, ''), './:@_-', '      '))) STORED
);
--> statement-breakpoint
CREATE TABLE "projects"."tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"parent_id" uuid,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"description" text,
	"status" text DEFAULT 'queued' NOT NULL,
	"priority" smallint NOT NULL,
	"due_at" timestamp(3) with time zone,
	"labels" text[] DEFAULT '{}' NOT NULL,
	"assignee_type" text,
	"assignee_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp(3) with time zone,
	"search" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', translate(title || ' ' || coalesce(description, ''), './:@_-', '      '))) STORED
);
--> statement-breakpoint
ALTER TABLE "projects"."members" ADD CONSTRAINT "members_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "projects"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects"."projects" ADD CONSTRAINT "projects_parent_id_projects_id_fk" FOREIGN KEY ("parent_id") REFERENCES "projects"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects"."tasks" ADD CONSTRAINT "tasks_parent_id_tasks_id_fk" FOREIGN KEY ("parent_id") REFERENCES "projects"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "projects_created" ON "projects"."projects" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "projects_parent" ON "projects"."projects" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "projects_search" ON "projects"."projects" USING gin ("search");--> statement-breakpoint
CREATE INDEX "tasks_project" ON "projects"."tasks" USING btree ("project_id","created_at","id");--> statement-breakpoint
CREATE INDEX "tasks_parent" ON "projects"."tasks" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "tasks_assignee" ON "projects"."tasks" USING btree ("assignee_id");--> statement-breakpoint
CREATE INDEX "tasks_search" ON "projects"."tasks" USING gin ("search");