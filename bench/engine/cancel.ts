import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { newUuid } from '@orrery/core'
import { runIdOf } from '@orrery/scheduler/bench'
import { percentile, starter } from './engine.ts'
import { openInstallation } from './installation.ts'

/** A server that answers nobody, and says when each call came and when it was let go of. */
async function openHolder() {
  const came = new Map<string, number>()
  const gone = new Map<string, number>()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    came.set(path, performance.now())
    response.on('close', () => gone.set(path, performance.now()))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const host = `127.0.0.1:${address.port}`
  return { came, gone, host, close: () => server.close().closeAllConnections() }
}
type Holder = Awaited<ReturnType<typeof openHolder>>

const until = async (holds: () => boolean) => {
  while (!holds()) await pause(1)
}

/** From the call that cancels a run until its step, and the step of its child's child, have let go of what they did. Ms. */
async function cancelOne(holder: Holder, start: () => Promise<string>, cancel: (run: string) => Promise<unknown>): Promise<number[]> {
  const run = await start()
  const paths = [`/own/${runIdOf(run)}`, `/leaf/${runIdOf(run)}`]
  await until(() => paths.every((path) => holder.came.has(path)))
  await pause(Math.random() * 1000)
  const called = performance.now()
  await cancel(run)
  await until(() => paths.every((path) => holder.gone.has(path)))
  return paths.map((path) => (holder.gone.get(path) ?? 0) - called)
}

export async function benchCancel(runs: number) {
  const holder = await openHolder()
  const it = await openInstallation(holder.host)
  try {
    const project = newUuid()
    const hold = (where: string) => ({ uses: 'http', with: { url: `http://${holder.host}/${where}` }, timeout: '10m' })
    const call = (workflow: string, top: string) => ({ uses: 'workflow', with: { workflow, input: { top } } })
    const inputs = { top: { type: 'string' } }
    await it.publish('leaf', { inputs, steps: { hold: hold('leaf/${{ inputs.top }}') } }, project)
    await it.publish('middle', { inputs, steps: { call: call('leaf', '${{ inputs.top }}') } }, project)
    const top = { steps: { own: hold('own/${{ run.id }}'), call: call('middle', '${{ run.id }}') } }
    const { start } = await starter(it, 'top', top, project)
    const by = { actor_kind: 'system', actor_id: 'bench', ip: null, request_id: 'bench' }
    const times: number[][] = []
    let left = runs
    const one = async () => {
      while (left-- > 0) times.push(await cancelOne(holder, start, (run) => it.engine.cancel(runIdOf(run), by)))
    }
    await Promise.all(Array.from({ length: 20 }, one))
    const of = (which: number) => {
      const ms = times.map((each) => each[which] ?? 0)
      return { p50: percentile(ms, 0.5), p99: percentile(ms, 0.99), max: Math.max(...ms) }
    }
    return { runs, ownStepMs: of(0), grandchildStepMs: of(1) }
  } finally {
    await it.close()
    holder.close()
  }
}
