/** The services that keep state, each with a database role and a schema of its own. */
export const statefulServices = ['auth', 'projects', 'agents', 'scheduler', 'memory-mcp', 'realtime-gateway'] as const
export type StatefulService = (typeof statefulServices)[number]
export type ServiceName = StatefulService | 'worker'

export const schemaOf = (service: StatefulService) => service.replaceAll('-', '_')
export const roleOf = (prefix: string, service: StatefulService) => `${prefix}_${schemaOf(service)}`

/** Which service answers which path at the edge: the one source for the single process and for NGINX. The longest prefix wins. */
export const edgeRoutes: readonly { prefix: string; service: StatefulService; websocket?: true }[] = [
  { prefix: '/.well-known/jwks.json', service: 'auth' },
  { prefix: '/api/v1/auth', service: 'auth' },
  { prefix: '/api/v1/users', service: 'auth' },
  { prefix: '/api/v1/api-keys', service: 'auth' },
  { prefix: '/api/v1/projects', service: 'projects' },
  { prefix: '/api/v1/tasks', service: 'projects' },
  { prefix: '/api/v1/agents', service: 'agents' },
  { prefix: '/api/v1/workflows', service: 'scheduler' },
  { prefix: '/api/v1/runs', service: 'scheduler' },
  { prefix: '/api/v1/artifacts', service: 'scheduler' },
  { prefix: '/api/v1/schedules', service: 'scheduler' },
  { prefix: '/api/v1/queues', service: 'scheduler' },
  { prefix: '/api/v1/dead-letters', service: 'scheduler' },
  { prefix: '/api/v1/approvals', service: 'scheduler' },
  { prefix: '/api/v1/exchange', service: 'scheduler' },
  { prefix: '/api/v1/webhooks', service: 'scheduler' },
  { prefix: '/api/v1/hooks', service: 'scheduler' },
  { prefix: '/api/v1/memory', service: 'memory-mcp' },
  { prefix: '/mcp', service: 'memory-mcp' },
  { prefix: '/ws', service: 'realtime-gateway', websocket: true },
  { prefix: '/api/v1/events', service: 'realtime-gateway' },
  { prefix: '/api/v1/health', service: 'realtime-gateway' },
  { prefix: '/health', service: 'realtime-gateway' },
  { prefix: '/readiness', service: 'realtime-gateway' },
  { prefix: '/liveness', service: 'realtime-gateway' },
  { prefix: '/openapi.json', service: 'realtime-gateway' },
  { prefix: '/docs', service: 'realtime-gateway' },
]

/** The service that answers a path; undefined means the web app does. */
export function serviceFor(path: string): StatefulService | undefined {
  const hits = edgeRoutes.filter(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
  return hits.sort((a, b) => b.prefix.length - a.prefix.length)[0]?.service
}
