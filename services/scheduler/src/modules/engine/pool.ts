/** Queues of handlers belong to a project: two projects may each have a `queue:gpu`, with workers of their own. */
const own = 'queue:'

/** The pool in which a step of a project waits for a worker. */
export const poolOf = (queue: string, project: string): string => (queue.startsWith(own) ? `${queue}/${project}` : queue)

/** The name by which people know a pool. */
export const queueOf = (pool: string): string => pool.split('/', 1)[0] ?? pool

/** Whose workers may take from a pool: the project's own; null for those of the installation. */
export const ownerOf = (pool: string): string | null => (pool.startsWith(own) ? (pool.split('/')[1] ?? null) : null)
