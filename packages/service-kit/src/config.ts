import { existsSync, readFileSync } from 'node:fs'
import { type Static, type TObject, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

type Env = Record<string, string | undefined>

/** What every service reads. Secrets can also come as NAME_FILE, a path to a file that holds them. */
export const baseSettings = {
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
  DATABASE_PASSWORD: Type.Optional(Type.String({ description: 'Replaces the password in DATABASE_URL' })),
  REDIS_URL: Type.String({ pattern: '^rediss?://' }),
  ORRERY_HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535 }),
  ADMIN_PORT: Type.Integer({ minimum: 0, maximum: 65_535 }),
  LOG_LEVEL: Type.String({ default: 'info', pattern: '^(trace|debug|info|warn|error|fatal|silent)$' }),
  ORRERY_DB_POOL: Type.Integer({ default: 10, minimum: 1, maximum: 100 }),
  ORRERY_RATE_LIMIT: Type.Integer({ default: 1200, minimum: 1, description: 'Requests a minute for one user, key or address' }),
  ORRERY_CRASH_AT: Type.Optional(
    Type.String({ description: 'For tests: the point in the code at which this process kills itself, with :n for the nth time' }),
  ),
  NODE_ENV: Type.Optional(Type.String()),
  ORRERY_TRUST_PROXY: Type.String({ default: '', description: 'Addresses of proxies whose X-Forwarded-For counts, with commas' }),
}

/** Reads and checks the whole environment at once, so that a bad deployment dies at start with every problem named and no value shown. */
export function loadConfig<S extends TObject>(schema: S, env: Env): Readonly<Static<S>> {
  const given = Object.fromEntries(Object.keys(schema.properties).map((name) => [name, read(name, env)]))
  const value = Value.Convert(schema, Value.Default(schema, Value.Clean(schema, given)))
  const problems = [...new Map([...Value.Errors(schema, value)].map((e) => [e.path, `  ${e.path.slice(1)}: ${e.message}`])).values()]
  if (problems.length > 0) throw new Error(`The settings are not valid:\n${problems.join('\n')}`)
  return Object.freeze(value as Static<S>)
}

function read(name: string, env: Env): string | undefined {
  const file = env[`${name}_FILE`]
  if (file === undefined) return env[name] === '' ? undefined : env[name]
  if (!existsSync(file)) throw new Error(`The settings are not valid:\n  ${name}_FILE: no such file`)
  return readFileSync(file, 'utf8').trim()
}

/** Puts a password, and if given a user, into a database's URL. */
export function databaseUrl(url: string, { user, password }: { user?: string | undefined; password?: string | undefined }): string {
  const parsed = new URL(url)
  if (user !== undefined) parsed.username = encodeURIComponent(user)
  if (password !== undefined) parsed.password = encodeURIComponent(password)
  return parsed.toString()
}
