import { loadConfig } from '@orrery/service-kit'
import type { Memory } from '@orrery/shared-types'
import { ask, openInstallation, setting } from '@orrery/testing'
import { buildApp, MemoryConfig } from '../src/app.ts'

/** The memory service on a private database and the shared ChromaDB, whose collections are named by project. */
export async function openMemory(settings: Record<string, string> = {}) {
  const it = await openInstallation()
  const config = loadConfig(MemoryConfig, {
    DATABASE_URL: it.databaseUrl('memory-mcp'),
    REDIS_URL: 'redis://127.0.0.1',
    CHROMA_URL: setting('ORRERY_TEST_CHROMA_URL'),
    ORRERY_CHROMA_RETRY_MS: '200',
    ...settings,
  })
  const app = await it.app((deps) => buildApp(deps, config), 'memory-mcp')
  const store = (as: { token: string }, projectId: string, content: string, more: object = {}) =>
    ask(app, as).post('/api/v1/memory', { projectId, content, why: 'analysis', ...more })
  return {
    ...it,
    app,
    store,
    remember: async (as: { token: string }, projectId: string, content: string, more: object = {}): Promise<Memory> =>
      (await store(as, projectId, content, more)).json(),
    search: (as: { token: string }, query: string, more: object = {}) => ask(app, as).post('/api/v1/memory/search', { query, ...more }),
    status: async (as: { token: string }) => (await ask(app, as).get('/api/v1/memory/status')).json(),
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  }
}
