import { newId } from '@orrery/core'
import { type IdKind, idPrefixes } from '@orrery/shared-types'
import type { RouteRequest } from './routes.ts'

const idPattern = /[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}/

export type Position = { path: string; id: string }

/** Every place of a request that holds an id, also inside a longer text: `params.id`, `body.0.agentId`. */
export function positionsOf(request: RouteRequest): Position[] {
  const found: Position[] = []
  const walk = (value: unknown, path: string) => {
    if (typeof value === 'string') {
      const id = idPattern.exec(value)?.[0]
      if (id !== undefined) found.push({ path, id })
    } else if (value !== null && typeof value === 'object') {
      for (const [key, each] of Object.entries(value)) walk(each, `${path}.${key}`)
    }
  }
  for (const part of ['params', 'query', 'body'] as const) walk(request[part], part)
  return found
}

/** The same request with another id in one place. */
export function withId(request: RouteRequest, { path, id }: Position, other: string): RouteRequest {
  const change = (value: unknown, at: string): unknown => {
    if (typeof value === 'string') return at === path ? value.replace(id, other) : value
    if (value === null || typeof value !== 'object') return value
    const entries = Object.entries(value).map(([key, each]) => [key, change(each, `${at}.${key}`)] as const)
    return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries)
  }
  const { params, query, body } = request
  return {
    ...request,
    ...(params && { params: change(params, 'params') as Record<string, string> }),
    ...(query && { query: change(query, 'query') as Record<string, string> }),
    ...(body !== undefined && { body: change(body, 'body') }),
  }
}

/** An id of the same kind that names nothing. */
export function unknownId(like: string): string {
  const kind = (Object.keys(idPrefixes) as IdKind[]).find((each) => idPrefixes[each] === like.slice(0, 3))
  if (!kind) throw new Error(`no kind of id begins as ${like}`)
  return newId(kind)
}

export function urlOf(path: string, { params = {}, query = {} }: RouteRequest): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(params[name] ?? newId('run')))
  const search = new URLSearchParams(query).toString()
  return search ? `${filled}?${search}` : filled
}
