import { fileURLToPath } from 'node:url'
import { AppError } from '@orrery/core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { roleOf, type StatefulService, schemaOf, statefulServices } from './services.ts'

export type MigrateOptions = {
  /** Of a role that may create roles and schemas in this database. */
  databaseUrl: string
  rolePrefix: string
  passwords: Record<StatefulService, string>
  /** The folder of each service's migrations. */
  folders: Record<StatefulService, string>
}

const lockKey = 7_027_002
const platformFolder = fileURLToPath(new URL('../migrations', import.meta.resolve('@orrery/core')))

/** Brings the database to this version: roles, the shared schema, each service's schema, and who may do what. Safe to run by several at once. */
export async function migrate(options: MigrateOptions): Promise<void> {
  const client = new pg.Client({ connectionString: options.databaseUrl, application_name: 'orrery-migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey])
    await client.query('create schema if not exists platform')
    await makeRoles(client, options)
    const db = drizzle(client)
    await applyMigrations(db, { migrationsFolder: platformFolder, migrationsSchema: 'platform', migrationsTable: 'migrations' })
    for (const service of statefulServices) {
      const folder = options.folders[service]
      await applyMigrations(db, {
        migrationsFolder: folder,
        migrationsSchema: 'platform',
        migrationsTable: `migrations_${schemaOf(service)}`,
      })
    }
    for (const statement of grants(options.rolePrefix)) await client.query(statement)
  } finally {
    await client.end()
  }
}

// whoever is gone without a word holds no lock for longer than half a minute
const roleSettings = [
  "statement_timeout = '30s'",
  "lock_timeout = '5s'",
  "idle_in_transaction_session_timeout = '30s'",
  'tcp_keepalives_idle = 15',
  'tcp_keepalives_interval = 5',
  'tcp_keepalives_count = 3',
]

async function makeRoles(client: pg.Client, { rolePrefix, passwords }: MigrateOptions): Promise<void> {
  for (const service of statefulServices) {
    const role = roleOf(rolePrefix, service)
    const known = await client.query('select 1 from pg_roles where rolname = $1', [role])
    const verb = known.rows.length > 0 ? 'alter' : 'create'
    await client
      .query(`${verb} role ${pg.escapeIdentifier(role)} login password ${pg.escapeLiteral(passwords[service])}`)
      .catch((cause: Error) => {
        throw new AppError(
          'unavailable',
          'roles_not_made',
          `The role in DATABASE_URL may not ${verb} the role ${role}: ${cause.message}. Grant it CREATEROLE`,
          { cause },
        )
      })
    for (const setting of roleSettings) {
      await client.query(`alter role ${pg.escapeIdentifier(role)} set ${setting}`)
    }
  }
}

/** Everyone may say what happened; only the relay writes the log; only its owner writes a shared table. */
function grants(prefix: string): string[] {
  const role = (service: StatefulService) => pg.escapeIdentifier(roleOf(prefix, service))
  const all = statefulServices.map(role).join(', ')
  const shared = [
    `grant usage on schema platform to ${all}`,
    `grant insert on platform.outbox, platform.audit_log to ${all}`,
    `grant select on platform.domain_events, platform.project_access, platform.deleted_projects, platform.public_keys, platform.revoked_sessions, platform.api_keys to ${all}`,
    `grant select, insert, delete on platform.idempotency_keys to ${all}`,
    `grant select, delete on platform.outbox to ${role('realtime-gateway')}`,
    `grant select, insert on platform.event_reach to ${role('realtime-gateway')}`,
    `grant insert on platform.domain_events to ${role('realtime-gateway')}`,
    `grant execute on function platform.keep_events to ${role('realtime-gateway')}`,
    `grant select on platform.audit_log to ${role('auth')}`,
    `grant insert, update, delete on platform.public_keys, platform.revoked_sessions, platform.api_keys to ${role('auth')}`,
    `grant insert, update, delete on platform.project_access to ${role('projects')}`,
    `grant insert on platform.deleted_projects to ${role('projects')}`,
  ]
  const own = statefulServices.flatMap((service) => {
    const schema = pg.escapeIdentifier(schemaOf(service))
    return [
      `create schema if not exists ${schema}`,
      `grant usage on schema ${schema} to ${role(service)}`,
      `grant select, insert, update, delete on all tables in schema ${schema} to ${role(service)}`,
      `grant usage on all sequences in schema ${schema} to ${role(service)}`,
    ]
  })
  return [...shared, ...own, `grant execute on function scheduler.keep_history to ${role('scheduler')}`]
}
