import type { ProjectRole } from '@orrery/shared-types'
import { durationMs, executors, type Json } from '../workflows/index.ts'

export type Asked = {
  title: string
  description: string | null
  role: ProjectRole
  expiresMs: number | null
  onExpire: 'reject' | 'approve'
}

/** What an approval step was told to ask, or what is wrong with that. */
export function readApproval(input: Json): Asked | { problem: string } {
  const given = (input ?? {}) as Record<string, unknown>
  const { title, description = null, role = 'operator', expires, onExpire = 'reject' } = given
  for (const [key, { fits, mustBe }] of Object.entries(executors['approval']?.settings ?? {})) {
    const isLeftOut = given[key] === undefined || (given[key] === null && key !== 'title')
    if (!isLeftOut && !fits(given[key])) return { problem: `with.${key} must be ${mustBe}` }
  }
  const expiresMs = expires === undefined || expires === null ? null : durationMs(expires as string | number)
  return { title, description, role: role ?? 'operator', expiresMs, onExpire: onExpire ?? 'reject' } as Asked
}
