import { type Ctx, uuidOf } from '@orrery/core'
import type { Id, LogStream } from '@orrery/shared-types'
import { type SQL, sql } from 'drizzle-orm'
import { liveSteps, logChunks, steps } from '../engine/index.ts'
import type { LogCursor } from './log.policy.ts'

/** Which lines of a run. */
export type LinesOf = {
  run: Id<'run'>
  ordinal?: number | undefined
  node?: number | undefined
  itemIndex?: number | undefined
  attempt?: number | undefined
  stream?: LogStream | undefined
  q?: string | undefined
}
export type FoundLine = LogCursor & { ordinal: number; attempt: number; at: string; stream: LogStream; text: string }

type Row = { id: string; place: string; ordinal: number; attempt: number; line: { at: string; stream: LogStream; text: string } }

/** Lines after a place, or before one, in the order in which they were committed. */
export async function findLines(ctx: Ctx, of: LinesOf, from: { after: LogCursor } | { before: LogCursor | null }, limit: number) {
  const back = 'before' in from
  const at = back ? from.before : from.after
  const compare = back ? sql`<` : sql`>`
  const order = back ? sql`desc` : sql`asc`
  // the piece by itself too, so that the table's key finds where to begin
  const bound = at
    ? sql`and c.id ${compare}= ${at.chunk}::bigint and (c.id, e.place) ${compare} (${at.chunk}::bigint, ${at.place}::bigint)`
    : sql``
  const { rows } = await ctx.db.execute<Row>(sql`
    select c.id, e.place, c.ordinal, c.attempt, e.line ${lines(of)} ${bound} order by c.id ${order}, e.place ${order} limit ${limit}`)
  const found = rows.map(
    ({ id, place, ordinal, attempt, line }): FoundLine => ({ chunk: Number(id), place: Number(place), ordinal, attempt, ...line }),
  )
  return back ? found.reverse() : found
}

/** How many lines there are, counted no further than is worth the time. */
export async function countLines(ctx: Ctx, of: LinesOf, most: number): Promise<number> {
  const { rows } = await ctx.db.execute<{ n: string }>(sql`select count(*) as n from (select 1 ${lines(of)} limit ${most}) f`)
  return Number(rows[0]?.n ?? 0)
}

/** The last piece that was committed; 0 before the first. */
export async function lastChunk(ctx: Ctx, run: Id<'run'>): Promise<number> {
  const { rows } = await ctx.db.execute<{ id: string }>(
    sql`select id from ${logChunks} where run_id = ${uuidOf('run', run)} order by id desc limit 1`,
  )
  return Number(rows[0]?.id ?? 0)
}

const lines = (of: LinesOf): SQL => sql`
  from ${logChunks} c cross join lateral json_array_elements(c.lines) with ordinality e(line, place)
  where c.run_id = ${uuidOf('run', of.run)}
  ${when(of.ordinal, (ordinal) => sql`and c.ordinal = ${ordinal}`)}
  ${of.node === undefined && of.itemIndex === undefined ? sql`` : sql`and c.ordinal in (${ordinalsOf(of)})`}
  ${when(of.attempt, (attempt) => sql`and c.attempt = ${attempt}`)}
  ${when(of.stream, (stream) => sql`and e.line->>'stream' = ${stream}`)}
  ${when(of.q, (q) => sql`and e.line->>'text' ilike ${`%${q.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`}`)}`

const when = <T>(value: T | undefined, write: (value: T) => SQL): SQL => (value === undefined ? sql`` : write(value))

function ordinalsOf({ run, node, itemIndex }: LinesOf): SQL {
  const of = (table: typeof steps | typeof liveSteps) => sql`
    select ordinal from ${table} where run_id = ${uuidOf('run', run)}
    ${when(node, (each) => sql`and node = ${each}`)} ${when(itemIndex, (each) => sql`and item = ${each}`)}`
  return sql`${of(steps)} union all ${of(liveSteps)}`
}

/** The step of the plan and the item behind ordinals. */
export async function findPlaces(
  ctx: Ctx,
  run: Id<'run'>,
  ordinals: readonly number[],
): Promise<Map<number, { node: number; item: number | null }>> {
  const wanted = sql`array[${sql.join(
    ordinals.map((ordinal) => sql`${ordinal}::int`),
    sql`, `,
  )}]::int[]`
  const of = (table: typeof steps | typeof liveSteps) =>
    sql`select ordinal, node, item from ${table} where run_id = ${uuidOf('run', run)} and ordinal = any(${wanted})`
  const { rows } = await ctx.db.execute<{ ordinal: number; node: number; item: number | null }>(
    sql`${of(steps)} union all ${of(liveSteps)}`,
  )
  return new Map(rows.map(({ ordinal, node, item }) => [ordinal, { node, item }]))
}
