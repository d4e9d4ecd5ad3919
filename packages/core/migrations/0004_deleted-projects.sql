-- Projects that were deleted: each service ends what it still does for them.
create table platform.deleted_projects (
  project_id uuid primary key,
  at timestamptz(3) not null default now()
);
