import type { Id } from '@orrery/shared-types'
import { ChromaClient, ChromaNotFoundError, type Collection, type EmbeddingFunction } from 'chromadb'
import CircuitBreaker from 'opossum'

export type IndexEntry = { id: Id<'memory'>; vector: number[]; why: string; agent: string }
export type IndexFilter = { why?: string | undefined; agent?: string | undefined }
/** `score` is the cosine similarity. */
export type IndexHit = { id: string; score: number }

/** The vector index: one collection for each project. Every call may fail; PostgreSQL holds what matters. */
export type VectorIndex = {
  upsert: (projectId: Id<'project'>, entries: IndexEntry[]) => Promise<void>
  remove: (projectId: Id<'project'>, ids: Id<'memory'>[]) => Promise<void>
  /** Null where the index knows nothing of the project. */
  query: (projectId: Id<'project'>, vector: number[], limit: number, filter: IndexFilter) => Promise<IndexHit[] | null>
  isUp: () => Promise<boolean>
  close: () => void
}

type Options = { url: string; timeoutMs: number; retryMs: number }

const failuresInARow = 3

/** Vectors are always given; without this the client looks for an embedding model to download. */
const ours: EmbeddingFunction = {
  name: 'orrery-hashing',
  generate: () => Promise.reject(new Error('Vectors are computed before they come here')),
}

export function createVectorIndex({ url, timeoutMs, retryMs }: Options): VectorIndex {
  const { hostname, port, protocol } = new URL(url)
  const ssl = protocol === 'https:'
  const client = new ChromaClient({ host: hostname, port: Number(port || (ssl ? 443 : 80)), ssl })
  const collections = new Map<string, Collection>()
  const guarded = guard(timeoutMs, retryMs)

  const create = (name: string) =>
    client.getOrCreateCollection({ name, embeddingFunction: ours, configuration: { hnsw: { space: 'cosine' } } })

  /** Works on a collection, again on a new handle where the kept one names a collection that is gone. Null where there is none. */
  async function using<T>(
    name: string,
    open: (name: string) => Promise<Collection>,
    work: (collection: Collection) => Promise<T>,
  ): Promise<T | null> {
    for (const kept of [collections.get(name), undefined]) {
      try {
        const collection = kept ?? (await open(name))
        collections.set(name, collection)
        return await work(collection)
      } catch (error) {
        if (!(error instanceof ChromaNotFoundError)) throw error
        collections.delete(name)
      }
    }
    return null
  }
  // Creating one here would hide that it was lost.
  const find = (name: string) => client.getCollection({ name, embeddingFunction: ours })

  return {
    upsert: (projectId, entries) =>
      guarded(async () => void (await using(projectId, create, (collection) => collection.upsert(toRecords(entries))))),
    remove: (projectId, ids) => guarded(async () => void (await using(projectId, find, (collection) => collection.delete({ ids })))),
    query: (projectId, vector, limit, filter) =>
      guarded(() => using(projectId, find, async (collection) => toHits(await collection.query(toQuery(vector, limit, filter))))),
    isUp: () =>
      guarded(() => client.heartbeat()).then(
        () => true,
        () => false,
      ),
    close: guarded.close,
  }
}

const toRecords = (entries: IndexEntry[]) => ({
  ids: entries.map((entry) => entry.id),
  embeddings: entries.map((entry) => entry.vector),
  metadatas: entries.map(({ why, agent }) => ({ why, agent })),
})

function toQuery(vector: number[], nResults: number, { why, agent }: IndexFilter) {
  const wanted = [...(why === undefined ? [] : [{ why }]), ...(agent === undefined ? [] : [{ agent }])]
  const [first] = wanted
  const where = wanted.length > 1 ? { $and: wanted } : first
  return { queryEmbeddings: [vector], nResults, include: ['distances' as const], ...(where && { where }) }
}

const toHits = ({ ids, distances }: { ids: string[][]; distances: (number | null)[][] }): IndexHit[] =>
  (ids[0] ?? []).map((id, i) => ({ id, score: 1 - (distances[0]?.[i] ?? 1) }))

/** Lets calls through until three fail in a row, then refuses at once and tries one each `retryMs`. */
function guard(timeoutMs: number, retryMs: number) {
  const options = { timeout: timeoutMs, resetTimeout: retryMs, volumeThreshold: Number.MAX_SAFE_INTEGER }
  const breaker = new CircuitBreaker((work: () => Promise<unknown>) => work(), options)
  let failures = 0
  breaker.on('success', () => {
    failures = 0
  })
  breaker.on('failure', () => {
    failures += 1
    if (failures >= failuresInARow && !breaker.opened) breaker.open()
  })
  const fire = async <T>(work: () => Promise<T>): Promise<T> => {
    let result: { value: T } | undefined
    await breaker.fire(async () => {
      result = { value: await work() }
    })
    if (!result) throw new Error('The breaker answered without a result')
    return result.value
  }
  return Object.assign(fire, { close: () => breaker.shutdown() })
}
