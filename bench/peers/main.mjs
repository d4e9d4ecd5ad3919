import { bullmq } from '../engine/bullmq.ts'
import { cpuSeconds, minus } from '../engine/cpu.ts'
import { chain, flood } from '../engine/engine.ts'
import { floor } from '../engine/floor.ts'
import { openInstallation } from '../engine/installation.ts'
import { openDbos } from './dbos.mjs'
import { openGraphileWorker } from './graphile-worker.mjs'
import { openPgBoss } from './pg-boss.mjs'
import { openRestate } from './restate.mjs'

const stepsPerRun = 5
const inFlight = 200
const ours = /orrery-bench-/
const total = (cpu) => Object.values(cpu).reduce((sum, each) => sum + each, 0)
const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Runs of five durable steps that do nothing, by Orrery and by others in turns on the same servers; medians over the rounds. */
async function benchPeers({ runs, rounds, only }) {
  const it = await openInstallation()
  const database = async (name) => {
    await it.admin.query(`create database ${name}`)
    return Object.assign(new URL(it.servers.databaseUrl), { pathname: `/${name}` }).toString()
  }
  // fewer runs where it is slow, so that a round of each takes about as long
  const peers = [
    ['restate', async () => openRestate(), 0.5],
    ['pg-boss', async () => openPgBoss(await database('peer_pg_boss')), 0.5],
    ['dbos', async () => openDbos(await database('peer_dbos')), 0.2],
    ['graphile-worker', async () => openGraphileWorker(await database('peer_graphile_worker')), 0.2],
  ].filter(([name]) => only.length === 0 || only.includes(name))
  const figures = new Map()
  const note = (name, figure) => {
    figures.set(name, [...(figures.get(name) ?? []), figure])
    console.log(`${name}: ${Math.round(figure.stepsPerSecond)} steps/s, ${figure.cpuPer1000Steps?.toFixed(3) ?? '?'} CPU s per 1,000 steps`)
  }
  const timed = async (name, count, work) => {
    const before = cpuSeconds(ours)
    const began = performance.now()
    await work(count)
    const seconds = (performance.now() - began) / 1000
    const steps = count * stepsPerRun
    note(name, { stepsPerSecond: steps / seconds, cpuPer1000Steps: total(minus(cpuSeconds(ours), before)) / (steps / 1000) })
  }
  const open = []
  try {
    for (const [name, start, share] of peers) {
      const peer = await start()
      open.push({ name, share, ...peer })
      await peer.run(200, inFlight)
    }
    await flood(it, 'warmup', chain, 500, stepsPerRun)
    for (let round = 0; round < rounds; round++) {
      note('floor', { stepsPerSecond: await floor(it.admin, runs) })
      await timed('bullmq, in Redis alone', runs, (count) => bullmq(it.servers.redisUrl, count))
      for (const peer of open) await timed(peer.name, Math.ceil(runs * peer.share), (count) => peer.run(count, inFlight))
      note('orrery', await flood(it, `chain-${round}`, chain, runs, stepsPerRun))
    }
  } finally {
    // one that keeps a connection to a server that stops must not take the figures with it
    process.on('uncaughtException', () => {})
    for (const peer of open) await peer.close()
    await it.close()
  }
  const orrery = middle(figures.get('orrery').map((each) => each.stepsPerSecond))
  return Object.fromEntries(
    [...figures].map(([name, list]) => {
      const stepsPerSecond = middle(list.map((each) => each.stepsPerSecond))
      return [
        name,
        { stepsPerSecond, cpuPer1000Steps: middle(list.map((each) => each.cpuPer1000Steps)), orreryIsTimes: orrery / stepsPerSecond },
      ]
    }),
  )
}

const number = (name, fallback) => Number(process.env[name] ?? fallback)
const only = (process.env['PEERS'] ?? '').split(',').filter(Boolean)
const round = (_, value) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value)
console.log(JSON.stringify(await benchPeers({ runs: number('RUNS', 4000), rounds: number('ROUNDS', 3), only }), round, 2))
process.exit(0)
