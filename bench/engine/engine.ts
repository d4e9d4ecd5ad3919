import { setTimeout as pause } from 'node:timers/promises'
import { compileWorkflow, newRunUuid, runIdOf } from '@orrery/scheduler/bench'
import { bullmq } from './bullmq.ts'
import { cpuSeconds, minus } from './cpu.ts'
import { floor } from './floor.ts'
import { type Installation, openInstallation } from './installation.ts'

export type EngineFigures = {
  runsPerSecond: number
  stepsPerSecond: number
  cpuPer1000Steps: number
  cpu: Record<string, number>
  seconds: number
}

const noop = { uses: 'noop' }
export const chain = {
  steps: { a: noop, b: { ...noop, needs: 'a' }, c: { ...noop, needs: 'b' }, d: { ...noop, needs: 'c' }, e: { ...noop, needs: 'd' } },
}
const fan = {
  steps: {
    list: { ...noop, with: { output: Array.from({ length: 100 }, (_, i) => i) } },
    each: { needs: 'list', uses: 'noop', foreach: '${{ steps.list.output }}' },
  },
}
const ours = /orrery-bench-/

export const percentile = (values: number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(Math.floor(values.length * share), values.length - 1)] ?? 0

export async function starter(it: Installation, slug: string, definition: unknown, inProject?: string) {
  const { projectId, workflowId } = await it.publish(slug, definition, inProject)
  const { plan } = compileWorkflow(definition as Record<string, unknown>)
  if (!plan) throw new Error('The workflow of the bench is not valid')
  const by = { actor_kind: 'system', actor_id: 'bench', ip: null, request_id: 'bench' }
  return {
    workflowId,
    start: () => {
      const id = newRunUuid()
      return it.engine
        .create(
          { id, projectId, workflowId, version: 1, plan, trigger: 'manual', input: {}, scheduleId: null, taskId: null, parent: null, by },
          it.ctx,
          null,
        )
        .then(() => id)
    },
  }
}

/** Submits `runs` runs with 200 in flight, waits until all have ended and all events are stamped. */
export async function flood(
  it: Installation,
  slug: string,
  definition: unknown,
  runs: number,
  stepsPerRun: number,
): Promise<EngineFigures> {
  const { workflowId, start } = await starter(it, slug, definition)
  const before = cpuSeconds(ours)
  const began = performance.now()
  let left = runs
  await Promise.all(
    Array.from({ length: 200 }, async () => {
      while (left-- > 0) await start()
    }),
  )
  for (;;) {
    const { rows } = await it.admin.query('select exists (select from scheduler.run_state) as busy')
    if (!rows[0].busy) break
    await pause(25)
  }
  const seconds = (performance.now() - began) / 1000
  for (;;) {
    const { rows } = await it.admin.query('select count(*)::int as n from platform.outbox')
    if (rows[0].n === 0) break
    await pause(10)
  }
  const drained = (performance.now() - began) / 1000
  const cpu = minus(cpuSeconds(ours), before)
  const total = Object.values(cpu).reduce((a, b) => a + b, 0)
  const ended = await it.admin.query(`select count(*)::int as n from scheduler.runs where workflow_id = $1 and outcome = 'success'`, [
    workflowId,
  ])
  if (ended.rows[0].n !== runs) throw new Error(`${ended.rows[0].n} of ${runs} runs succeeded`)
  console.log(`${slug}: ${runs} runs in ${seconds.toFixed(2)} s, all events stamped after ${drained.toFixed(2)} s`)
  return {
    runsPerSecond: runs / drained,
    stepsPerSecond: (runs * stepsPerRun) / drained,
    cpuPer1000Steps: total / ((runs * stepsPerRun) / 1000),
    cpu,
    seconds: drained,
  }
}

/** From the call that makes a run to its first step in the hands of the worker, one run at a time. Ms. */
async function startLatency(it: Installation, runs: number): Promise<{ p50: number; p99: number }> {
  const { start } = await starter(it, 'latency', { steps: { a: noop } })
  const times: number[] = []
  for (let i = 0; i < runs; i++) {
    const called = performance.now()
    const id = runIdOf(await start())
    while (!it.began.has(id)) await pause(1)
    times.push((it.began.get(id) ?? 0) - called)
    await pause(10)
  }
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

export type EngineSize = { runs: number; fans: number; warmup: number; latency: number; rounds: number }

const middle = (values: number[]): number => percentile(values, 0.5)

/** Everything beside its floor and bare BullMQ, in turns on the same servers; medians over the rounds. */
export async function benchEngine(size: EngineSize) {
  const it = await openInstallation()
  try {
    await flood(it, 'warmup', chain, size.warmup, 5)
    const latency = await startLatency(it, size.latency)
    const rounds: { chain: EngineFigures; fan: EngineFigures; floor: number; bullmq: number }[] = []
    for (let i = 0; i < size.rounds; i++) {
      rounds.push({
        floor: await floor(it.admin, size.runs),
        bullmq: await bullmq(it.servers.redisUrl, size.runs),
        chain: await flood(it, `chain-${i}`, chain, size.runs, 5),
        fan: await flood(it, `fan-${i}`, fan, size.fans, 101),
      })
    }
    const of = (value: (round: (typeof rounds)[number]) => number) => middle(rounds.map(value))
    return {
      startMs: latency,
      chain: {
        runsPerSecond: of((r) => r.chain.runsPerSecond),
        stepsPerSecond: of((r) => r.chain.stepsPerSecond),
        cpuPer1000Steps: of((r) => r.chain.cpuPer1000Steps),
        cpu: rounds[0]?.chain.cpu,
      },
      fan: { stepsPerSecond: of((r) => r.fan.stepsPerSecond), cpuPer1000Steps: of((r) => r.fan.cpuPer1000Steps) },
      floorStepsPerSecond: of((r) => r.floor),
      bullmqStepsPerSecond: of((r) => r.bullmq),
      ratioToFloor: of((r) => r.chain.stepsPerSecond / r.floor),
      ratioToBullmq: of((r) => r.chain.stepsPerSecond / r.bullmq),
    }
  } finally {
    await it.close()
  }
}
