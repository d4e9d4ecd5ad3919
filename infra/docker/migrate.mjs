// Brings the database to the version of this image, and gives each service's role its password. Safe to run again, and by several at once.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { databaseUrl, migrate, schemaOf, statefulServices } from '../../packages/service-kit/src/index.ts'

function setting(name) {
  const file = process.env[`${name}_FILE`]
  const value = file ? readFileSync(file, 'utf8').trim() : process.env[name]
  if (!value) throw new Error(`The settings are not valid:\n  ${name}: is missing; set it, or ${name}_FILE`)
  return value
}

const each = (value) => Object.fromEntries(statefulServices.map((service) => [service, value(service)]))

await migrate({
  databaseUrl: databaseUrl(setting('DATABASE_URL'), { password: setting('DATABASE_PASSWORD') }),
  rolePrefix: 'orrery',
  passwords: each((service) => setting(`ORRERY_${schemaOf(service).toUpperCase()}_DB_PASSWORD`)),
  folders: each((service) => fileURLToPath(new URL(`../../services/${service}/migrations`, import.meta.url))),
})
console.log('orrery: the database is at this version')
