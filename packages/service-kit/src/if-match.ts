import { AppError } from '@orrery/core'
import type { FastifyRequest } from 'fastify'

/** The version that `If-Match: "3"` asks for; undefined without the header or with `*`. */
export function ifMatch(request: FastifyRequest): number | undefined {
  const text = request.headers['if-match']
  if (text === undefined || text === '*') return undefined
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(text)?.[1]
  if (version === undefined) throw new AppError('stale', 'version_stale', 'If-Match holds the version in quotes, as ETag gave it: "3"')
  return Number(version)
}

/** How an entity's version is written in `ETag`. */
export const etag = ({ version }: { version: number }): string => `"${version}"`
