import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ServerLog } from './log.ts'
import { freePort } from './port.ts'
import { type Server, superviseServer } from './supervisor.ts'

export interface ChromaOptions {
  dataDir: string
  log: ServerLog
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(new URL('/api/v2/heartbeat', url), { signal: AbortSignal.timeout(5_000) })
  return response.ok
}

/** The command line tool of the chromadb package, which lies beside the library's entry point. */
function chromaCommand(): string {
  const entry = createRequire(import.meta.url).resolve('chromadb')
  return join(dirname(entry).replace(/[\\/]cjs$/, ''), 'cli.mjs')
}

/** Starts ChromaDB on its folder in `dataDir`. */
export async function startChroma({ dataDir, log }: ChromaOptions): Promise<Server> {
  const folder = join(dataDir, 'chroma')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const args = [chromaCommand(), 'run', '--path', folder, '--host', '127.0.0.1', '--port', String(port)]
  return superviseServer(
    { name: 'chroma', command: process.execPath, args, dataDir, marker: folder, stopSignal: 'SIGTERM', isReady: () => answers(url), log },
    url,
  )
}

/** @throws Error that names the variable when no ChromaDB answers at `url` */
export async function checkChroma(url: string): Promise<void> {
  if (!(await answers(url).catch(() => false))) throw new Error('CHROMA_URL: ChromaDB does not answer')
}
