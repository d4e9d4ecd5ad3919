-- A row of the outbox is read once, as the text it is, and then gone: parsing and compressing it would cost more than it saves.
alter table platform.outbox alter column events type text using events::text;
--> statement-breakpoint
alter table platform.outbox alter column events set storage external;
