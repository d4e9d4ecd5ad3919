/** Where the services answer. The app is served from the same origin. */
export const paths = { api: '/api/v1', live: '/ws', health: '/health', healthDetailed: '/health/detailed', apiDocs: '/docs' } as const

export const timings = {
  heartbeatMs: 15_000,
  /** Without a word from the server for this long, the line counts as cut. */
  silenceMs: 35_000,
  reconnectBaseMs: 500,
  reconnectMaxMs: 30_000,
  coalesceMs: 100,
  /** The same question is not asked again sooner than this, however much happens. */
  coolDownMs: 400,
  ackMs: 1_000,
  validateMs: 300,
  /** While the line is cut, what is on the page is asked for this often instead. */
  pollMs: 10_000,
} as const

export const pageSize = 50
