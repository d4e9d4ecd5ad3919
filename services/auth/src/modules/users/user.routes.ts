import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { anonymousCtx, type Deps } from '@orrery/service-kit'
import {
  CreatedInvitation,
  CreateInvitation,
  IdOf,
  Input,
  PageQuery,
  problems,
  Register,
  Registered,
  UpdateMe,
  UpdateUser,
  User,
  UserLookup,
  UserPage,
  UserRef,
} from '@orrery/shared-types'
import type { Identity } from '../../context.ts'
import { getMe, getUser, listUsers, lookUpUser } from './get-user.ts'
import { inviteUser } from './invite-user.ts'
import { registerUser } from './register-user.ts'
import { updateMe, updateUser } from './update-user.ts'

const params = Input({ id: IdOf('user') })

export const meRoutes =
  (deps: Deps, identity: Identity, rateLimit: object): FastifyPluginAsyncTypebox =>
  async (app) => {
    const tags = ['auth']
    const registering = { body: Register, response: { 201: Registered, ...problems(403, 409, 422, 429) } }
    app.post(
      '/auth/register',
      {
        config: { public: true, rateLimit },
        schema: { operationId: 'register', tags, summary: 'Make an account', security: [], ...registering },
      },
      async (request, reply) => reply.code(201).send(await registerUser({ ...anonymousCtx(deps, request), ...identity }, request.body)),
    )
    app.get(
      '/auth/me',
      { schema: { operationId: 'getMe', tags, summary: 'Who you are', response: { 200: User, ...problems(401) } } },
      async (request) => getMe(request.ctx),
    )
    app.patch(
      '/auth/me',
      {
        schema: {
          operationId: 'updateMe',
          tags,
          summary: 'Change your name or theme',
          body: UpdateMe,
          response: { 200: User, ...problems(401, 403, 422) },
        },
      },
      async (request) => updateMe(request.ctx, request.body),
    )
  }

export const userRoutes =
  (deps: Deps, identity: Identity, rateLimit: object): FastifyPluginAsyncTypebox =>
  async (app) => {
    const tags = ['users']
    app.get(
      '/users',
      {
        schema: {
          operationId: 'listUsers',
          tags,
          summary: 'Everybody here',
          querystring: PageQuery,
          response: { 200: UserPage, ...problems(401, 403, 422) },
        },
      },
      async (request) => listUsers(request.ctx, request.query),
    )
    const lookingUp = { querystring: UserLookup, response: { 200: UserRef, ...problems(401, 403, 404, 422, 429) } }
    app.get(
      '/users/lookup',
      { config: { rateLimit }, schema: { operationId: 'lookUpUser', tags, summary: 'Find whom to add to a project', ...lookingUp } },
      async (request) => lookUpUser(request.ctx, request.query.email),
    )
    const inviting = { body: CreateInvitation, response: { 201: CreatedInvitation, ...problems(401, 403, 409, 422) } }
    app.post(
      '/users/invitations',
      { config: { secretAnswer: true }, schema: { operationId: 'inviteUser', tags, summary: 'Let an address register', ...inviting } },
      async (request, reply) => reply.code(201).send(await inviteUser({ ...request.ctx, ...identity }, request.body)),
    )
    app.get(
      '/users/:id',
      { schema: { operationId: 'getUser', tags, summary: 'One person', params, response: { 200: User, ...problems(401, 403, 404) } } },
      async (request) => getUser(request.ctx, request.params.id),
    )
    const updating = { params, body: UpdateUser, response: { 200: User, ...problems(401, 403, 404, 409, 422) } }
    app.patch(
      '/users/:id',
      { schema: { operationId: 'updateUser', tags, summary: 'Change role or activity', ...updating } },
      async (request) => {
        const user = await updateUser(request.ctx, { id: request.params.id, change: request.body })
        deps.bells.ring('revocations')
        return user
      },
    )
  }
