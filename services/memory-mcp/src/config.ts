import { baseSettings } from '@orrery/service-kit'
import { type Static, Type } from '@sinclair/typebox'

export const MemoryConfig = Type.Object({
  ...baseSettings,
  PORT: Type.Integer({ default: 3005, minimum: 0, maximum: 65_535 }),
  ADMIN_PORT: Type.Integer({ default: 9005, minimum: 0, maximum: 65_535 }),
  CHROMA_URL: Type.String({ default: 'http://127.0.0.1:8000', pattern: '^https?://' }),
  ORRERY_CHROMA_TIMEOUT_MS: Type.Integer({ default: 700, minimum: 50, maximum: 60_000 }),
  ORRERY_CHROMA_RETRY_MS: Type.Integer({ default: 30_000, minimum: 50, description: 'Between two trials while ChromaDB is away' }),
  ORRERY_PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://', description: 'Where MCP clients reach this installation' })),
})
export type MemoryConfig = Static<typeof MemoryConfig>

const loopback = ['localhost', '127.0.0.1', '[::1]']

/** The names under which MCP may be asked; undefined where this can't be known. Keeps pages of other sites out by DNS rebinding. */
export function mcpHostsOf(config: Pick<MemoryConfig, 'ORRERY_PUBLIC_URL' | 'ORRERY_HOST'>): string[] | undefined {
  if (config.ORRERY_PUBLIC_URL !== undefined) return [...loopback, new URL(config.ORRERY_PUBLIC_URL).hostname]
  return loopback.includes(config.ORRERY_HOST) ? loopback : undefined
}
