import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { etag, ifMatch } from '@orrery/service-kit'
import {
  CreatedHook,
  CreateHook,
  Empty,
  Hook,
  HookCallPage,
  HookCallQuery,
  HookPage,
  HookQuery,
  IdOf,
  Input,
  problems,
  RotateSecret,
  UpdateHook,
} from '@orrery/shared-types'
import type { FastifyRequest } from 'fastify'
import type { HookCtx } from '../../context.ts'
import { deleteHook, rotateHookSecret, updateHook } from './change-hook.ts'
import { createHook } from './create-hook.ts'
import { getHook, listCalls, listHooks } from './get-hook.ts'

const tags = ['hooks']
const params = Input({ id: IdOf('hook') })
const secretAnswer = { secretAnswer: true }
const creating = { body: CreateHook, response: { 201: CreatedHook, ...problems(401, 403, 404, 409, 422) } }
const listing = { querystring: HookQuery, response: { 200: HookPage, ...problems(401, 422) } }
const reading = { params, response: { 200: Hook, ...problems(401, 404) } }
const updating = { params, body: UpdateHook, response: { 200: Hook, ...problems(401, 403, 404, 409, 412, 422) } }
const deleting = { params, response: { 204: Empty, ...problems(401, 403, 404) } }
const rotating = { params, body: RotateSecret, response: { 200: CreatedHook, ...problems(401, 403, 404, 422) } }
const reciting = { params, querystring: HookCallQuery, response: { 200: HookCallPage, ...problems(401, 404, 422) } }

/** Keeping hooks. What they are called by is in hook-call.routes.ts. */
export const hookRoutes =
  (ctxOf: (request: FastifyRequest) => HookCtx): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/hooks',
      { config: secretAnswer, schema: { operationId: 'createHook', tags, summary: 'Let calls from outside start runs', ...creating } },
      async (request, reply) => {
        const hook = await createHook(ctxOf(request), request.body)
        return reply.code(201).header('etag', etag(hook)).send(hook)
      },
    )
    app.get('/hooks', { schema: { operationId: 'listHooks', tags, summary: 'The hooks you can see', ...listing } }, async (request) =>
      listHooks(request.ctx, request.query),
    )
    app.get('/hooks/:id', { schema: { operationId: 'getHook', tags, summary: 'One hook', ...reading } }, async (request, reply) => {
      const hook = await getHook(request.ctx, request.params.id)
      return reply.header('etag', etag(hook)).send(hook)
    })
    app.patch(
      '/hooks/:id',
      { schema: { operationId: 'updateHook', tags, summary: 'Change its mapping, switch it on or off', ...updating } },
      async (request, reply) => {
        const hook = await updateHook(ctxOf(request), request.params.id, request.body, ifMatch(request))
        return reply.header('etag', etag(hook)).send(hook)
      },
    )
    app.delete('/hooks/:id', { schema: { operationId: 'deleteHook', tags, summary: 'Remove it', ...deleting } }, async (request, reply) => {
      await deleteHook(ctxOf(request), request.params.id)
      return reply.code(204).send(null)
    })
    app.post(
      '/hooks/:id/rotate-secret',
      { config: secretAnswer, schema: { operationId: 'rotateHookSecret', tags, summary: 'Give it a new secret', ...rotating } },
      async (request) => rotateHookSecret(ctxOf(request), request.params.id, request.body),
    )
    app.get(
      '/hooks/:id/calls',
      { schema: { operationId: 'listHookCalls', tags, summary: 'What came in, and what became of it', ...reciting } },
      async (request) => listCalls(request.ctx, request.params.id, request.query),
    )
  }
