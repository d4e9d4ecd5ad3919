import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEdge } from '../edge.ts'
import { createWeb } from '../web.ts'
import type { Backends } from './backends.ts'
import { addressVariable } from './nginx-template.ts'

export interface Edge extends AsyncDisposable {
  origin: string
}

const infra = join(import.meta.dirname, '../../../../infra/nginx')

export async function startOwnEdge({ services, webFolder }: Backends): Promise<Edge> {
  const web = createWeb(webFolder)
  await web.ready()
  const edge = createEdge({ services, web })
  edge.listen(0, '127.0.0.1')
  await once(edge, 'listening')
  return {
    origin: `http://127.0.0.1:${(edge.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      edge.closeAllConnections()
      edge.close()
      await web.close()
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function writeConfiguration(folder: string, variables: Record<string, string>): Promise<string> {
  const [main, template] = await Promise.all(['nginx.conf', 'orrery.conf.template'].map((name) => readFile(join(infra, name), 'utf8')))
  const filled = (template ?? '').replace(/\$\{(ORRERY_\w+)\}/g, (whole, name: string) => variables[name] ?? whole)
  const site = join(folder, 'orrery.conf')
  const file = join(folder, 'nginx.conf')
  await writeFile(site, filled)
  // Only places differ from the image: what is included, and where this run may write.
  const placed = (main ?? '')
    .replace('/etc/nginx/conf.d/*.conf', site)
    .replaceAll('/tmp/nginx', `${folder}/nginx`)
    .replace('/dev/stdout short', 'off')
  await writeFile(file, placed)
  return file
}

async function stop(nginx: ChildProcess): Promise<void> {
  const exit = once(nginx, 'exit')
  nginx.kill('SIGTERM')
  await exit
}

export async function startNginx({ services, webFolder }: Backends): Promise<Edge> {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-nginx-'))
  const origin = `http://127.0.0.1:${await freePort()}`
  const addresses = await Promise.all(
    [...services].map(
      async ([name, app]) => [addressVariable(name), new URL(await app.listen({ port: 0, host: '127.0.0.1' })).host] as const,
    ),
  )
  const variables = { ...Object.fromEntries(addresses), ORRERY_LISTEN: new URL(origin).host, ORRERY_WEB_ROOT: webFolder }
  const file = await writeConfiguration(folder, variables)
  // Files made by the test belong to the user that runs it, so NGINX stays that user.
  const asSelf = process.getuid?.() === 0 ? 'user root; ' : ''
  const nginx = spawn('nginx', ['-c', file, '-g', `${asSelf}daemon off;`], { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  nginx.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  while (!(await fetch(origin).catch(() => null))) {
    if (nginx.exitCode !== null) throw new Error(`nginx did not start\n${complaints}`)
    await sleep(20)
  }
  return {
    origin,
    [Symbol.asyncDispose]: async () => {
      await stop(nginx)
      await rm(folder, { recursive: true })
    },
  }
}
