import type { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { AppError } from '@orrery/core'
import { ArtifactName, type ArtifactUpload, AttemptRef, Input, problems, Sha256, StoredArtifact } from '@orrery/shared-types'
import { Type } from '@sinclair/typebox'
import { requireWorkerKey } from '../engine/index.ts'

export type StoreArtifact = (upload: ArtifactUpload, body: Readable) => Promise<StoredArtifact>

const storing = {
  params: AttemptRef,
  querystring: Input({ name: ArtifactName }),
  headers: Type.Object({ 'x-artifact-sha256': Sha256, 'content-length': Type.Integer({ minimum: 0 }) }),
  response: { 201: StoredArtifact, ...problems(401, 409, 422, 503) },
}

/** Takes files from the workers of this installation, as they come. The edge doesn't lead here. */
export const uploadRoutes =
  (store: StoreArtifact, workerKey: string): FastifyPluginAsyncTypebox =>
  async (app) => {
    // whatever the type, the body is a stream of bytes: it is never read as JSON, and never held
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    app.put(
      '/internal/artifacts/:stepId/:attempt',
      {
        config: { public: true, rateLimit: false },
        schema: { hide: true, ...storing },
        onRequest: async (request) => requireWorkerKey(workerKey, request.headers.authorization),
      },
      async (request, reply) => {
        const { stepId, attempt } = request.params
        const { 'content-length': sizeBytes, 'x-artifact-sha256': sha256 } = request.headers
        const body = request.body as Readable | undefined
        if (!body) throw new AppError('invalid', 'body_missing', 'Send the bytes of the artifact as content-type application/octet-stream')
        return reply.code(201).send(await store({ stepId, attempt, name: request.query.name, sizeBytes, sha256 }, body))
      },
    )
  }
