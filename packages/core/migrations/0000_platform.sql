-- What all services share. Each service has a role and a schema of its own; this schema is the contract between them.
create table platform.outbox (
  id bigint generated always as identity primary key,
  events json not null,
  count int not null
);
--> statement-breakpoint
create table platform.domain_events (
  seq bigint primary key,
  type text not null,
  project_id text,
  entity_id text not null,
  entity_version int not null,
  occurred_at timestamptz(3) not null,
  audience text[] not null default '{}',
  lineage_ref text,
  payload json not null
);
--> statement-breakpoint
create index domain_events_project on platform.domain_events (project_id, seq);
--> statement-breakpoint
-- finds the project of a run for whoever subscribes to it
create index domain_events_run on platform.domain_events (entity_id) where type = 'run.created';
--> statement-breakpoint
create table platform.audit_log (
  id uuid primary key default gen_random_uuid(),
  at timestamptz(3) not null default now(),
  actor_kind text not null,
  actor_id text not null,
  action text not null,
  entity_type text not null,
  entity_id text not null,
  project_id text,
  before jsonb,
  after jsonb,
  ip text,
  request_id text not null
);
--> statement-breakpoint
create index audit_log_at on platform.audit_log (at, id);
--> statement-breakpoint
create table platform.project_access (
  user_id uuid not null,
  project_id uuid not null,
  role text not null check (role in ('viewer', 'operator', 'manager', 'owner')),
  primary key (user_id, project_id)
);
--> statement-breakpoint
create index project_access_project on platform.project_access (project_id);
--> statement-breakpoint
create table platform.public_keys (
  kid text primary key,
  jwk jsonb not null,
  created_at timestamptz(3) not null default now()
);
--> statement-breakpoint
create table platform.revoked_sessions (
  session_id uuid primary key,
  revoked_at timestamptz(3) not null default now()
);
--> statement-breakpoint
create index revoked_sessions_at on platform.revoked_sessions (revoked_at);
--> statement-breakpoint
create table platform.api_keys (
  id uuid primary key,
  key_hash bytea not null unique,
  user_id uuid not null,
  project_id uuid,
  role text not null,
  expires_at timestamptz(3)
);
--> statement-breakpoint
create table platform.idempotency_keys (
  scope text not null,
  key text not null,
  request_hash text not null,
  answer json not null,
  created_at timestamptz(3) not null default now(),
  primary key (scope, key)
);
--> statement-breakpoint
create index idempotency_keys_at on platform.idempotency_keys (created_at);
