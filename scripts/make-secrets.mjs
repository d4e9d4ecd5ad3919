// Makes the secrets that infra/docker-compose.yml hands to its containers as files. Keeps what is there already.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './prepare.mjs'

const folder = join(root, 'infra/secrets')
mkdirSync(folder, { recursive: true, mode: 0o700 })

function secret(name, make = () => randomBytes(36).toString('base64url')) {
  const file = join(folder, name)
  // Readable by the containers' users, for whom it is mounted alone; on this machine the folder shuts others out.
  if (!existsSync(file)) writeFileSync(file, make(), { mode: 0o444 })
  return readFileSync(file, 'utf8')
}

for (const name of ['postgres', 'auth', 'projects', 'agents', 'scheduler', 'memory_mcp', 'realtime_gateway']) secret(`${name}_db_password`)
secret('secret_key', () => randomBytes(48).toString('base64'))
secret('worker_key')
const redisPassword = secret('redis_password')
secret('redis_url', () => `redis://:${redisPassword}@redis:6379`)
console.log(`orrery: secrets are in ${folder}`)
