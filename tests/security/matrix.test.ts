import { createHash, randomBytes } from 'node:crypto'
import { newId, uuidOf } from '@orrery/core'
import { type ProjectRole, projectRoles, roleAtLeast } from '@orrery/shared-types'
import { type Position, positionsOf, unknownId, urlOf, withId } from './positions.ts'
import { hidden, type Route, type RouteRequest, routes } from './routes.ts'
import { openForge } from './tokens.ts'
import { compareRoutes, type Operation, openWorld, operationsOf, type Person, type Side, type World } from './world.ts'

let world: World
let operations: Operation[]

beforeAll(async () => {
  world = await openWorld()
  operations = operationsOf(world.document)
}, 60_000)
afterAll(async () => world[Symbol.asyncDispose]())

const routeOf = ({ operationId }: Operation): Route => routes[operationId] ?? { access: 'public' }
const closed = () => operations.filter((each) => routeOf(each).access !== 'public')
const send = ({ method, path }: Operation, request: RouteRequest, token?: string) =>
  world.send(method, urlOf(path, request), { token, body: request.body, headers: request.headers ?? {} })
const prepare = (operation: Operation, side: Side): Promise<RouteRequest> => routeOf(operation).request?.(side) ?? Promise.resolve({})

/** What was not as promised; `changed` are the tables in which a request that was refused left something. */
type Hole = string | { who: string; changed: string[] }
const changeOf = (who: string, changed: string[]): Hole | undefined => (changed.length > 0 ? { who, changed } : undefined)

/**
 * Asks all of it and tells what was not as promised, so that one run names every hole. A change is looked at again, with
 * everything prepared anew: an agent that fell silent at that moment changes a row once, a hole does it each time.
 */
async function holes<T>(items: readonly T[], check: (item: T) => Promise<Hole | undefined>): Promise<string[]> {
  const found: string[] = []
  for (const item of items) {
    let hole = await check(item)
    for (let again = 0; again < 2 && typeof hole === 'object'; again += 1) hole = await check(item)
    if (hole) found.push(typeof hole === 'string' ? hole : `${hole.who}: refused, and ${hole.changed} changed`)
  }
  return found
}

async function keyOf(owner: Person, role: ProjectRole, projectId: string | null = null): Promise<string> {
  const key = `ork_${randomBytes(24).toString('base64url')}`
  await world.it.admin.query('insert into platform.api_keys (id, key_hash, user_id, project_id, role) values ($1, $2, $3, $4, $5)', [
    uuidOf('apiKey', newId('apiKey')),
    createHash('sha256').update(key).digest(),
    uuidOf('user', owner.id),
    projectId && uuidOf('project', projectId),
    role,
  ])
  return key
}

describe('the table of routes', () => {
  it('has a line for every route of the API and none too many', () => {
    expect(compareRoutes(world.document, routes)).toEqual({ unlisted: [], stale: [] })
    expect(operations.length).toBeGreaterThan(60)
  })

  it('misses a planted route, and tells a planted line from a real one', () => {
    const paths = { ...world.document.paths, '/api/v1/planted': { get: { operationId: 'planted' }, post: {} } }
    expect(compareRoutes({ paths }, { ...routes, gone: { access: 'public' } })).toEqual({
      unlisted: ['planted', 'POST /api/v1/planted'],
      stale: ['gone'],
    })
  })
})

describe('without a good credential', () => {
  it('401 on every route that is not public', async () => {
    const { expired } = await openForge(world.it)
    const found = await holes(closed(), async (operation) => {
      const statuses: number[] = []
      for (const token of [undefined, 'garbage', `ork_${'x'.repeat(32)}`, expired])
        statuses.push((await send(operation, {}, token)).statusCode)
      return statuses.every((each) => each === 401) ? undefined : `${operation.operationId}: ${statuses}`
    })
    expect(found).toEqual([])
  })

  it('401 on what answers without being described', async () => {
    for (const { method, url } of hidden) {
      const answer = await world.send(method, url, { headers: { host: 'localhost' }, ...(method === 'POST' && { body: {} }) })
      expect([url, answer.statusCode]).toEqual([url, 401])
    }
  })

  it('public routes are those that the description says need nothing', () => {
    const open = operations.filter((each) => routeOf(each).access === 'public').map((each) => each.operationId)
    expect(open.sort()).toEqual([
      'callHook',
      'getHealth',
      'getHealthDetailed',
      'getWorkflowSchema',
      'listPublicKeys',
      'logIn',
      'refreshTokens',
      'register',
    ])
  })
})

describe('with ids of another project', () => {
  const kinds = (route: Route, { path }: Position) =>
    route.filters?.includes(path) ? 'filter' : route.told?.includes(path) ? 'told' : route.fitting?.includes(path) ? 'fitting' : 'named'
  const shapeOf = ({ statusCode, body }: { statusCode: number; body: string }) => {
    const { code, items } = JSON.parse(body || '{}') as { code?: string; items?: unknown[] }
    return JSON.stringify({ statusCode, code, items: items?.length })
  }

  it('every id in every place of every route is answered as an unknown one, and nothing changes', async () => {
    let tried = 0
    const found = await holes(closed(), async (operation) => {
      const route = routeOf(operation)
      if (route.access === 'admin') return undefined
      const own = await prepare(operation, world.theirs)
      const foreign = positionsOf(await prepare(operation, world.ours))
      for (const [i, place] of positionsOf(own).entries()) {
        const kind = kinds(route, place)
        const other = foreign[i]?.id
        if (kind === 'told' || other === undefined) continue
        const before = await world.state()
        const token = (own.as ?? world.theirs.owner).token
        const answer = await send(operation, withId(own, place, other), token)
        const unknown = await send(operation, withId(own, place, unknownId(other)), token)
        const status = kind === 'filter' ? 200 : kind === 'fitting' ? 422 : 404
        tried += 1
        if (answer.statusCode !== status) return `${operation.operationId} ${place.path}: ${answer.statusCode} ${answer.body}`
        if (kind === 'filter' && answer.json().items.length > 0) return `${operation.operationId} ${place.path}: shows what is not theirs`
        if (shapeOf(answer) !== shapeOf(unknown)) return `${operation.operationId} ${place.path}: tells a foreign id from an unknown one`
        const hole = changeOf(`${operation.operationId} ${place.path}`, await world.changedSince(before))
        if (hole) return hole
      }
      return undefined
    })
    expect(found).toEqual([])
    expect(tried).toBeGreaterThan(50)
    console.log(`${tried} places for ids in ${closed().length} routes`)
  }, 120_000)

  it('404 for the whole request of a member of another project, and for a key bound to another project', async () => {
    const found = await holes(closed(), async (operation) => {
      const { access, session } = routeOf(operation)
      if (access === 'anybody' || access === 'admin' || operation.operationId === 'lookUpUser') return undefined
      const request = await prepare(operation, world.ours)
      const elsewhere = await world.ours.project()
      const before = await world.state()
      const key = await keyOf(world.ours.owner, 'owner', elsewhere.id)
      const stranger = await send(operation, request, world.theirs.owner.token)
      const bound = await send(operation, request, key)
      await world.it.admin.query('delete from platform.api_keys where key_hash = $1', [createHash('sha256').update(key).digest()])
      // a key that is bound elsewhere may also be told that it is too narrow for this at all
      const keyRefused = session ? [403] : operation.operationId.startsWith('create') ? [403, 404] : [404]
      if (stranger.statusCode !== 404) return `${operation.operationId} by a stranger: ${stranger.statusCode}`
      if (!keyRefused.includes(bound.statusCode)) return `${operation.operationId} by a key of another project: ${bound.statusCode}`
      return changeOf(operation.operationId, await world.changedSince(before))
    })
    expect(found).toEqual([])
  }, 120_000)
})

describe('with each role', () => {
  it('403 below the least role, and an answer from it on', async () => {
    const found = await holes(closed(), async (operation) => {
      const { access } = routeOf(operation)
      if (access === 'public' || access === 'anybody' || access === 'admin') return undefined
      for (const role of projectRoles) {
        const request = await prepare(operation, world.ours)
        const before = await world.state()
        const answer = await send(operation, request, world.ours.roles[role].token)
        const may = roleAtLeast(role, access)
        if (may ? answer.statusCode >= 300 : answer.statusCode !== 403)
          return `${operation.operationId} as ${role}: ${answer.statusCode} ${answer.body}`
        const hole = may ? undefined : changeOf(`${operation.operationId} as ${role}`, await world.changedSince(before))
        if (hole) return hole
      }
      return undefined
    })
    expect(found).toEqual([])
  }, 120_000)

  it('an API key grants no more than its own role, and nothing that needs a person', async () => {
    const found = await holes(closed(), async (operation) => {
      const { access, session } = routeOf(operation)
      if (access === 'public' || access === 'admin') return undefined
      for (const role of projectRoles) {
        const may = !session && (access === 'anybody' || roleAtLeast(role, access))
        const request = await prepare(operation, world.ours)
        const answer = await send(operation, request, await keyOf(request.as ?? world.ours.owner, role))
        if (may ? answer.statusCode >= 300 : answer.statusCode !== 403)
          return `${operation.operationId} by a key of the role ${role}: ${answer.statusCode} ${answer.body}`
      }
      return undefined
    })
    expect(found).toEqual([])
  }, 120_000)

  it('what is for administrators is for nobody else', async () => {
    const found = await holes(closed(), async (operation) => {
      if (routeOf(operation).access !== 'admin') return undefined
      const request = await prepare(operation, world.ours)
      const before = await world.state()
      const refused = await send(operation, request, world.ours.owner.token)
      if (refused.statusCode !== 403) return `${operation.operationId} as a user: ${refused.statusCode}`
      const hole = changeOf(`${operation.operationId} as a user`, await world.changedSince(before))
      if (hole) return hole
      const answer = await send(operation, request, world.admin.token)
      return answer.statusCode < 300 ? undefined : `${operation.operationId} as administrator: ${answer.statusCode} ${answer.body}`
    })
    expect(found).toEqual([])
  })

  it('what is for everybody answers to everybody', async () => {
    const found = await holes(closed(), async (operation) => {
      if (routeOf(operation).access !== 'anybody') return undefined
      const request = await prepare(operation, world.ours)
      const answer = await send(operation, request, (request.as ?? world.ours.roles.viewer).token)
      return answer.statusCode < 300 ? undefined : `${operation.operationId}: ${answer.statusCode} ${answer.body}`
    })
    expect(found).toEqual([])
  })
})
