import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as restate from '@restatedev/restate-sdk'
import { Pool } from 'undici'

const binary = fileURLToPath(new URL('./node_modules/.bin/restate-server', import.meta.url))
const native = fileURLToPath(new URL('./node_modules/@restatedev/restate-server-linux-x64/bin/restate-server', import.meta.url))

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

/** Tells the server where the handler answers, as soon as it listens. */
async function register(admin, endpoint) {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`http://127.0.0.1:${admin}/deployments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ uri: `http://127.0.0.1:${endpoint}` }),
    }).catch(() => undefined)
    if (answer?.ok) return
    if (tries > 100) throw new Error(`Restate can't be told of the handler: ${answer ? await answer.text() : 'it does not answer'}`)
    await pause(200)
  }
}

/** Restate: one handler with five `ctx.run`, called through the ingress with 200 calls in flight; its log flushes to disk as it comes. */
export async function openRestate() {
  const dataDir = await mkdtemp(join(tmpdir(), 'orrery-bench-restate-'))
  const [ingress, admin, node, endpoint] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const server = spawn(process.platform === 'linux' && process.arch === 'x64' ? native : binary, ['--base-dir', dataDir], {
    stdio: 'ignore',
    env: {
      ...process.env,
      RESTATE_NODE_NAME: 'bench',
      RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
      RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_LOG_FILTER: 'error',
      DO_NOT_TRACK: '1',
    },
  })
  const service = restate.service({
    name: 'bench',
    handlers: {
      run: async (ctx) => {
        for (let step = 0; step < 5; step++) await ctx.run(`s${step}`, () => null)
        return null
      },
    },
  })
  await restate.serve({ services: [service], port: endpoint, logger: () => {} })
  await register(admin, endpoint)
  const pool = new Pool(`http://127.0.0.1:${ingress}`, { connections: 200 })
  const call = async () => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/bench/run',
      headers: { 'content-type': 'application/json' },
      body: 'null',
    })
    const text = await body.text()
    if (statusCode !== 200) throw new Error(`The ingress answered ${statusCode}: ${text}`)
  }
  return {
    async run(runs, inFlight) {
      let left = runs
      await Promise.all(
        Array.from({ length: inFlight }, async () => {
          while (left-- > 0) await call()
        }),
      )
    },
    async close() {
      await pool.close()
      server.kill('SIGTERM')
      await new Promise((resolve) => server.once('exit', resolve))
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
