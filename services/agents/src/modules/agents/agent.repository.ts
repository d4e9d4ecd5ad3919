import { type Ctx, choices, fromUuid, keyset, matchesWords, one, type TxCtx, toPage, uuidOf, visible, words } from '@orrery/core'
import { type Agent, type AgentQuery, type AgentStatus, agentStatuses, type Id, type Page } from '@orrery/shared-types'
import { and, asc, count, eq, getTableColumns, inArray, isNull, ne, or, type SQL, sql } from 'drizzle-orm'
import { agentProjects, agents } from './agent.table.ts'

export type AgentRow = Omit<typeof agents.$inferSelect, 'search'>
export type Change = Partial<Pick<AgentRow, 'name' | 'type' | 'capabilities' | 'status' | 'deletedAt'>>
/** What a batch of activities adds to the counters. */
export type Tally = Pick<AgentRow, 'executions' | 'failed' | 'timed' | 'durationMs'>

const { search: _search, ...columns } = getTableColumns(agents)

export async function insert(ctx: TxCtx, agent: Pick<AgentRow, 'id' | 'name' | 'type' | 'capabilities' | 'ownerId'>): Promise<void> {
  await ctx.db.insert(agents).values(agent)
}

export async function find(ctx: Ctx, id: Id<'agent'>): Promise<Agent | undefined> {
  const [row] = await ctx.db
    .select(seen(ctx))
    .from(agents)
    .where(and(shown(ctx), eq(agents.id, id)))
  return row && toAgent(row)
}

/** Locks agents that the caller can see, in one order for all. */
export const lock = (ctx: TxCtx, ids: Id<'agent'>[]): Promise<AgentRow[]> =>
  ctx.db
    .select(columns)
    .from(agents)
    .where(and(shown(ctx), inArray(agents.id, ids)))
    .orderBy(asc(agents.id))
    .for('no key update')

export async function update(ctx: TxCtx, id: Id<'agent'>, change: Change): Promise<AgentRow> {
  const counted = { ...change, version: sql`${agents.version} + 1`, updatedAt: sql`now()` }
  return one(await ctx.db.update(agents).set(counted).where(eq(agents.id, id)).returning(columns))
}

/** Notes a sign of life without counting a change. */
export async function touch(ctx: TxCtx, id: Id<'agent'>): Promise<void> {
  await ctx.db.update(agents).set({ lastSeenAt: sql`clock_timestamp()` }).where(eq(agents.id, id))
}

export async function remove(ctx: TxCtx, id: Id<'agent'>): Promise<AgentRow> {
  const gone = { deletedAt: sql`now()`, version: sql`${agents.version} + 1`, updatedAt: sql`now()` }
  return one(await ctx.db.update(agents).set(gone).where(eq(agents.id, id)).returning(columns))
}

export async function addTally(ctx: TxCtx, id: Id<'agent'>, tally: Tally): Promise<AgentRow> {
  const grown = {
    executions: sql`${agents.executions} + ${tally.executions}`,
    failed: sql`${agents.failed} + ${tally.failed}`,
    timed: sql`${agents.timed} + ${tally.timed}`,
    durationMs: sql`${agents.durationMs} + ${tally.durationMs}`,
    version: sql`${agents.version} + 1`,
  }
  return one(await ctx.db.update(agents).set(grown).where(eq(agents.id, id)).returning(columns))
}

/** Moves those offline that were silent for too long. Of several that look at once, one gets each agent. */
export async function moveSilent(ctx: TxCtx, silentMs: number): Promise<(AgentRow & { from: AgentStatus })[]> {
  const silent = sql`${agents.lastSeenAt} < now() - ${silentMs} * interval '1 millisecond'`
  const due = await ctx.db
    .select({ id: agents.id, status: agents.status })
    .from(agents)
    .where(and(ne(agents.status, 'offline'), isNull(agents.deletedAt), silent))
    .orderBy(asc(agents.id))
    .limit(200)
    .for('no key update', { skipLocked: true })
  const moved = []
  for (const { id, status } of due) moved.push({ ...(await update(ctx, id, { status: 'offline' })), from: status })
  return moved
}

/** Every project of an agent, also those the caller can't see: for deciding who hears of it. */
export async function projectsOf(ctx: Ctx, id: Id<'agent'>): Promise<Id<'project'>[]> {
  const rows = await ctx.db.select({ id: agentProjects.projectId }).from(agentProjects).where(eq(agentProjects.agentId, id))
  return rows.map((row) => row.id)
}

export async function addProjects(ctx: TxCtx, agentId: Id<'agent'>, ids: Id<'project'>[]): Promise<void> {
  if (ids.length === 0) return
  await ctx.db
    .insert(agentProjects)
    .values(ids.map((projectId) => ({ agentId, projectId })))
    .onConflictDoNothing()
}

export async function removeProjects(ctx: TxCtx, agentId: Id<'agent'>, ids: Id<'project'>[]): Promise<void> {
  if (ids.length > 0)
    await ctx.db.delete(agentProjects).where(and(eq(agentProjects.agentId, agentId), inArray(agentProjects.projectId, ids)))
}

export async function list(ctx: Ctx, query: AgentQuery): Promise<Page<Agent>> {
  const { createdAt, updatedAt, name, lastSeenAt } = columns
  const page = keyset(query, { createdAt, updatedAt, name, lastSeenAt }, agents.id, '-createdAt')
  const filter = and(shown(ctx), ...filters(ctx, query))
  const rows = await ctx.db
    .select(seen(ctx))
    .from(agents)
    .where(and(filter, page.where))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const total = query.count ? one(await ctx.db.select({ total: count() }).from(agents).where(filter)) : {}
  const { items, nextCursor } = toPage(rows, page)
  return { items: items.map(toAgent), nextCursor, ...total }
}

const filters = (ctx: Ctx, query: AgentQuery): (SQL | undefined)[] => [
  query.projectId && inSeenProjects(ctx, sql`ap.project_id = ${uuidOf('project', query.projectId)}`),
  query.status === undefined ? undefined : inArray(agents.status, choices(query.status, agentStatuses, '/status')),
  query.type === undefined ? undefined : inArray(agents.type, words(query.type)),
  query.q ? matchesWords(agents.search, query.q) : undefined,
]

/** The agents of one's own and of one's projects; for a key bound to a project, those of that project. */
function shown(ctx: Ctx): SQL | undefined {
  const { actor } = ctx
  if (actor.admin) return isNull(agents.deletedAt)
  const isOwn = actor.kind === 'apiKey' && actor.projectId ? undefined : eq(agents.ownerId, actor.userId)
  return and(isNull(agents.deletedAt), or(isOwn, inSeenProjects(ctx, sql`true`)))
}

const inSeenProjects = (ctx: Ctx, which: SQL): SQL =>
  sql`exists (select 1 from agents.agent_projects ap where ap.agent_id = agents.id and ${which} and ${visible(ctx, sql`ap.project_id`)})`

const seen = (ctx: Ctx) => ({
  ...columns,
  projectIds: sql<string[]>`array(
    select ap.project_id::text from agents.agent_projects ap where ap.agent_id = agents.id and ${visible(ctx, sql`ap.project_id`)} order by 1)`,
})

function toAgent({
  executions,
  failed,
  timed,
  durationMs,
  deletedAt: _deletedAt,
  projectIds,
  ...row
}: AgentRow & { projectIds: string[] }): Agent {
  const successRate = executions === 0 ? null : (executions - failed) / executions
  const avgDurationMs = timed === 0 ? null : durationMs / timed
  return {
    ...row,
    projectIds: projectIds.map((id) => fromUuid('project', id)),
    metrics: { executions, failed, successRate, avgDurationMs },
  }
}
