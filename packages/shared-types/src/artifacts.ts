import { type Static, Type } from '@sinclair/typebox'
import { Input, Nullable, PageOf, Timestamp } from './base.ts'
import type { AttemptRef } from './exchange.ts'
import { IdOf } from './ids.ts'

/** A file's name, or its path below the folder of its step: no part of it is empty, `.` or `..`. */
export const ArtifactName = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^(?!.*(^|/)\\.{1,2}(/|$))[^/\\\\\\x00-\\x1f\\x7f]+(/[^/\\\\\\x00-\\x1f\\x7f]+)*$',
  description: 'A name such as report.html, or a path such as report/index.html',
})

/** Which files below the folder of a step are kept: `*` and `?` stand for letters of a name, `**` for folders. */
export const ArtifactPatterns = Type.Array(ArtifactName, { maxItems: 50 })

/** A file that a step left behind. Gone after `expiresAt`. */
export const Artifact = Type.Object({
  id: IdOf('artifact'),
  projectId: IdOf('project'),
  runId: IdOf('run'),
  stepId: IdOf('step'),
  stepKey: Type.String(),
  itemIndex: Nullable(Type.Integer()),
  attempt: Type.Integer(),
  name: ArtifactName,
  contentType: Type.String(),
  sizeBytes: Type.Integer(),
  sha256: Type.String({ description: 'In hex' }),
  createdAt: Timestamp,
  expiresAt: Timestamp,
})
export type Artifact = Static<typeof Artifact>
export const ArtifactPage = PageOf(Artifact)

export const ArtifactQuery = Input({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
  stepId: Type.Optional(IdOf('step')),
  step: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'The key of a step, with all of its items' })),
})
export type ArtifactQuery = Static<typeof ArtifactQuery>

export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 in hex' })

/** What a worker says of a file that it is about to send. */
export type ArtifactUpload = AttemptRef & { name: string; sizeBytes: number; sha256: string }

/** What a worker hears of a file that was kept. */
export const StoredArtifact = Type.Object({ id: IdOf('artifact'), name: Type.String(), sizeBytes: Type.Integer(), sha256: Type.String() })
export type StoredArtifact = Static<typeof StoredArtifact>
