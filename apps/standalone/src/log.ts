import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { createLog } from '@orrery/service-kit'
import { type Logger, pino } from 'pino'

/** One log of all services in the data folder, the one before it kept; errors also go to the terminal. */
export function openLog(dataDir: string, level: string): Logger {
  const folder = join(dataDir, 'logs')
  const file = join(folder, 'orrery.log')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    renameSync(file, `${file}.1`)
  } catch {
    // The first start has no log to keep.
  }
  const streams = [
    { level: 'trace' as const, stream: pino.destination({ dest: file, sync: false, mode: 0o600 }) },
    { level: 'error' as const, stream: pino.destination({ dest: 2, sync: true }) },
  ]
  return createLog(null, level, pino.multistream(streams))
}
