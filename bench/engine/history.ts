import { fromUuid, newUuid } from '@orrery/core'
import { listRuns } from '@orrery/scheduler/bench'
import { chain, flood, percentile } from './engine.ts'
import { type Installation, openInstallation } from './installation.ts'

const projects = 20

/** Finished runs of five steps each, as the engine would have left them, spread over projects. */
async function fill(it: Installation, from: number, to: number): Promise<void> {
  const atOnce = 100_000
  for (let start = from; start < to; start += atOnce) {
    const end = Math.min(start + atOnce, to)
    await it.admin.query(
      `insert into scheduler.runs (id, project_id, workflow_id, workflow_version, trigger, status, ended_badly, outcome, input, output, created_at, started_at, ended_at)
       select (lpad(to_hex(1700000000000 + i), 12, '0') || '7000' || '8000' || substr(md5(i::text), 1, 7) || '00000')::uuid,
         $3::uuid[][1 + i % array_length($3::uuid[], 1)], $4, 1, 'schedule', case when i % 50 = 0 then 'failed' else 'done' end, i % 50 = 0,
         case when i % 50 = 0 then 'failed' else 'success' end, '{}', null, to_timestamp(1700000000 + i), to_timestamp(1700000000 + i), to_timestamp(1700000001 + i)
       from generate_series($1::bigint, $2::bigint - 1) i`.replace(
        '$3::uuid[][1 + i % array_length($3::uuid[], 1)]',
        '($3::uuid[])[1 + i % array_length($3::uuid[], 1)]',
      ),
      [start, end, it.projectIds, it.historyWorkflow],
    )
  }
  await it.admin.query('vacuum analyze scheduler.runs')
}

/** Ms to answer the list of runs, newest first, with and without filters, at random places. */
async function listMs(it: Installation, count: number): Promise<{ p50: number; p95: number }> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const projectId = fromUuid('project', it.projectIds[i % it.projectIds.length] ?? newUuid())
    const query = [{ projectId, limit: 50 }, { projectId, limit: 50, status: 'failed' }, { limit: 50 }][i % 3] ?? {}
    let began = performance.now()
    const page = await listRuns(it.ctx, query)
    times.push(performance.now() - began)
    if (!page.nextCursor) continue
    began = performance.now()
    await listRuns(it.ctx, { ...query, cursor: page.nextCursor })
    times.push(performance.now() - began)
  }
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95) }
}

/** What a step costs and how fast lists answer while history grows. */
export async function benchHistory(sizes: number[], runs: number) {
  const it = await openInstallation()
  try {
    await it.prepareHistory(projects)
    await flood(it, 'warmup', chain, 500, 5)
    const rows = []
    let filled = 0
    for (const size of sizes) {
      await fill(it, filled, size)
      filled = size
      const { stepsPerSecond, cpuPer1000Steps } = await flood(it, `after-${size}`, chain, runs, 5)
      rows.push({ finishedRuns: size, stepsPerSecond, cpuPer1000Steps, listMs: await listMs(it, 300) })
    }
    return rows
  } finally {
    await it.close()
  }
}
