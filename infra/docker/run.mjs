// Becomes the part of Orrery that the first argument names.
import { existsSync } from 'node:fs'

const name = process.argv[2] ?? ''
const candidates = [`../../services/${name}/src/server.ts`, `../../services/${name}/src/worker.ts`, `./${name}.mjs`]
const entry = /^[a-z-]+$/.test(name) ? candidates.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url)) : undefined
if (!entry) {
  console.error(`orrery: no part is called "${name}"; name a service, worker or migrate`)
  process.exit(1)
}
await import(entry.href)
