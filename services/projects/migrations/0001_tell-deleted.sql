-- projects that were deleted before others were told
insert into platform.deleted_projects (project_id) select id from projects.projects where deleted_at is not null on conflict do nothing;
