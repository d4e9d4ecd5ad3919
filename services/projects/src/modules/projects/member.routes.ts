import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Empty, IdOf, Input, Member, MemberPage, PlainPageQuery, PutMember, problems } from '@orrery/shared-types'
import { listMembers, putMember, removeMember } from './put-member.ts'

const tags = ['projects']
const params = Input({ id: IdOf('project') })
const listing = { params, querystring: PlainPageQuery, response: { 200: MemberPage, ...problems(401, 404, 422) } }
const putting = { params, body: PutMember, response: { 201: Member, ...problems(401, 403, 404, 409, 422) } }
const removing = { params: Input({ id: IdOf('project'), userId: IdOf('user') }), response: { 204: Empty, ...problems(401, 403, 404, 409) } }

export const memberRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/projects/:id/members',
    { schema: { operationId: 'listMembers', tags, summary: 'Who belongs to a project', ...listing } },
    async (request) => listMembers(request.ctx, request.params.id, request.query),
  )
  app.post(
    '/projects/:id/members',
    { schema: { operationId: 'putMember', tags, summary: 'Add a member or change its role', ...putting } },
    async (request, reply) => reply.code(201).send(await putMember(request.ctx, { ...request.body, projectId: request.params.id })),
  )
  app.delete(
    '/projects/:id/members/:userId',
    { schema: { operationId: 'removeMember', tags, summary: 'Remove a member, or leave', ...removing } },
    async (request, reply) => {
      await removeMember(request.ctx, { projectId: request.params.id, userId: request.params.userId })
      return reply.code(204).send(null)
    },
  )
}
