import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendProblem } from '@orrery/service-kit'
import { Artifact, ArtifactPage, ArtifactQuery, Empty, IdOf, Input, problems } from '@orrery/shared-types'
import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ArtifactMachinery } from './artifact.context.ts'
import { dispositionOf, namesTag, rangeOf } from './artifact.policy.ts'
import { deleteArtifact } from './delete-artifact.ts'
import { getArtifact, listArtifacts, openArtifact } from './get-artifact.ts'

const tags = ['artifacts']
const params = Input({ id: IdOf('artifact') })
const listing = {
  params: Input({ id: IdOf('run') }),
  querystring: ArtifactQuery,
  response: { 200: ArtifactPage, ...problems(401, 404, 422) },
}
const reading = { params, response: { 200: Artifact, ...problems(401, 404) } }
const bytes = Type.Unsafe<unknown>({ type: 'string', format: 'binary' })
const loading = {
  params,
  produces: ['application/octet-stream'],
  response: { 200: bytes, 206: bytes, 304: Empty, ...problems(401, 404, 416, 503) },
}
const deleting = { params, response: { 204: Empty, ...problems(401, 403, 404) } }

export const artifactRoutes =
  (machinery: ArtifactMachinery): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/runs/:id/artifacts',
      { schema: { operationId: 'listArtifacts', tags, summary: 'What its steps left behind', ...listing } },
      async (request) => listArtifacts(request.ctx, request.params.id, request.query),
    )
    app.get(
      '/artifacts/:id',
      { schema: { operationId: 'getArtifact', tags, summary: 'One artifact, without its bytes', ...reading } },
      async (request) => getArtifact(request.ctx, request.params.id),
    )
    app.get(
      '/artifacts/:id/content',
      {
        // what is compressed on the way has no ranges
        compress: false,
        exposeHeadRoute: false,
        schema: { operationId: 'getArtifactContent', tags, summary: 'The bytes of an artifact, or a range of them', ...loading },
      },
      async (request, reply) => {
        const ctx = { ...request.ctx, ...machinery }
        const artifact = await getArtifact(ctx, request.params.id)
        const tag = describe(reply, artifact)
        const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers
        if (namesTag(ifNoneMatch, tag)) return reply.code(304).send(null)
        const asked = rangeOf(ifRange === undefined || ifRange === tag ? range : undefined, artifact.sizeBytes)
        if (asked === 'none') return refuseRange(request, reply, artifact)
        const body = await openArtifact(ctx, artifact.id, asked === 'all' ? undefined : asked)
        if (asked !== 'all') reply.code(206).header('content-range', `bytes ${asked.from}-${asked.to}/${artifact.sizeBytes}`)
        const length = asked === 'all' ? artifact.sizeBytes : asked.to - asked.from + 1
        return reply.type(artifact.contentType).header('content-length', length).send(body)
      },
    )
    app.delete(
      '/artifacts/:id',
      { schema: { operationId: 'deleteArtifact', tags, summary: 'Delete an artifact', ...deleting } },
      async (request, reply) => {
        await deleteArtifact({ ...request.ctx, ...machinery }, request.params.id)
        return reply.code(204).send(null)
      },
    )
  }

const refuseRange = (request: FastifyRequest, reply: FastifyReply, { sizeBytes }: Artifact) =>
  sendProblem(request, reply.header('content-range', `bytes */${sizeBytes}`), {
    status: 416,
    code: 'range_not_satisfiable',
    detail: `There is no such range: the artifact has ${sizeBytes} bytes`,
  })

/** What every answer about the bytes says of them. A program made them, so a browser is to run nothing in them. */
function describe(reply: FastifyReply, artifact: Artifact): string {
  const tag = `"${artifact.sha256}"`
  reply.headers({
    etag: tag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-disposition': dispositionOf(artifact),
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  })
  return tag
}
