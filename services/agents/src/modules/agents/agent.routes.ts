import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { etag, ifMatch } from '@orrery/service-kit'
import { Agent, AgentPage, AgentQuery, CreateAgent, Empty, IdOf, Input, problems, SetAgentStatus, UpdateAgent } from '@orrery/shared-types'
import { createAgent } from './create-agent.ts'
import { deleteAgent } from './delete-agent.ts'
import { getAgent, listAgents } from './get-agent.ts'
import { heartbeat, setAgentStatus } from './set-agent-status.ts'
import { updateAgent } from './update-agent.ts'

const tags = ['agents']
const params = Input({ id: IdOf('agent') })
const creating = { body: CreateAgent, response: { 201: Agent, ...problems(401, 403, 404, 409, 422) } }
const listing = { querystring: AgentQuery, response: { 200: AgentPage, ...problems(401, 422) } }
const reading = { params, response: { 200: Agent, ...problems(401, 404) } }
const updating = { params, body: UpdateAgent, response: { 200: Agent, ...problems(401, 403, 404, 412, 422) } }
const deleting = { params, response: { 204: Empty, ...problems(401, 403, 404) } }
const settingStatus = { params, body: SetAgentStatus, response: { 200: Agent, ...problems(401, 403, 404, 422) } }
const beating = { params, response: { 200: Agent, ...problems(401, 403, 404) } }

export const agentRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/agents',
    { schema: { operationId: 'createAgent', tags, summary: 'Make an agent known', ...creating } },
    async (request, reply) => {
      const agent = await createAgent(request.ctx, request.body)
      return reply.code(201).header('etag', etag(agent)).send(agent)
    },
  )
  app.get('/agents', { schema: { operationId: 'listAgents', tags, summary: 'The agents you can see', ...listing } }, async (request) =>
    listAgents(request.ctx, request.query),
  )
  app.get('/agents/:id', { schema: { operationId: 'getAgent', tags, summary: 'One agent', ...reading } }, async (request, reply) => {
    const agent = await getAgent(request.ctx, request.params.id)
    return reply.header('etag', etag(agent)).send(agent)
  })
  app.patch(
    '/agents/:id',
    { schema: { operationId: 'updateAgent', tags, summary: 'Change an agent', ...updating } },
    async (request, reply) => {
      const agent = await updateAgent(request.ctx, { id: request.params.id, change: request.body, version: ifMatch(request) })
      return reply.header('etag', etag(agent)).send(agent)
    },
  )
  app.delete(
    '/agents/:id',
    { schema: { operationId: 'deleteAgent', tags, summary: 'Delete an agent', ...deleting } },
    async (request, reply) => {
      await deleteAgent(request.ctx, request.params.id)
      return reply.code(204).send(null)
    },
  )
  app.put(
    '/agents/:id/status',
    { schema: { operationId: 'setAgentStatus', tags, summary: 'Say how an agent is', ...settingStatus } },
    async (request) => setAgentStatus(request.ctx, { id: request.params.id, status: request.body.status }),
  )
  app.post(
    '/agents/:id/heartbeat',
    { schema: { operationId: 'heartbeat', tags, summary: 'Say that an agent is alive', ...beating } },
    async (request) => heartbeat(request.ctx, request.params.id),
  )
}
