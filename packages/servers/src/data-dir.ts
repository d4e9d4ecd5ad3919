import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A data folder that no other process can take until it is released. */
export interface DataDirLock {
  path: string
  release(): void
}

// Others may pass through, not look around: PostgreSQL runs as a user of its own when we are root.
const makeDataDir = (path: string) => mkdir(path, { recursive: true, mode: 0o711 })

/**
 * Takes the data folder for this process, making it if need be.
 * The lock is the kernel's, by way of SQLite: it ends with the process, however that ends, and cannot go stale.
 * @throws Error with one line for the user when another process has it
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const path = resolve(dataDir)
  await makeDataDir(path)
  const holder = join(path, 'lock.pid')
  const file = join(path, 'lock')
  await writeFile(file, '', { flag: 'a', mode: 0o600 })
  const database = new DatabaseSync(file)
  try {
    database.exec('pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive')
  } catch {
    database.close()
    const pid = await readFile(holder, 'utf8').catch(() => 'unknown')
    throw new Error(`another Orrery (process ${pid}) uses ${path}; stop it, or set ORRERY_DATA_DIR to another folder`)
  }
  await writeFile(holder, String(process.pid))
  return { path, release: () => database.close() }
}

/** A random secret kept in the data folder, readable by its owner alone; made at the first call. */
export async function keptSecret(dataDir: string, name: string): Promise<string> {
  const file = join(dataDir, `${name}.secret`)
  const kept = await readFile(file, 'utf8').catch(() => '')
  if (kept) return kept
  await makeDataDir(dataDir)
  const secret = randomBytes(24).toString('base64url')
  await writeFile(file, secret, { mode: 0o600 })
  return secret
}
