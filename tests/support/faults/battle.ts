import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '@orrery/core'
import { openInstallation, signToken, type TestUser } from '@orrery/testing'
import { workerKey } from '../in-process.ts'
import { startWitness } from '../witness.ts'
import { Client } from './client.ts'
import { type Field, openOwnRedis } from './field.ts'
import { Observer } from './observer.ts'
import { startOwnServers } from './own-servers.ts'
import { compileBefore, makeParts } from './part.ts'

const leaseMs = 7000
const eachKind = 2

/** An installation of its own to be struck: servers, two of each process, a witness, observers, and somebody who owns a project. */
export async function openBattle(random: () => number) {
  const servers = await startOwnServers()
  const it = await openInstallation(servers)
  const witness = it.use(await startWitness())
  const compiled = join(servers.dataDir, 'compiled')
  await compileBefore(compiled)
  const parts = await makeParts(it, eachKind, { leaseMs, httpAllow: witness.host, workerKey, compiled })
  for (const part of parts) await part.start()
  const redis = openOwnRedis(servers.redisUrl)
  const id = newId('user')
  const owner: TestUser = { id, token: await signToken({ userId: id, lastsFor: '4h' }) }
  const projectId = await it.make.project(owner)
  const urls = (kind: string) => parts.filter((part) => part.kind === kind).map((part) => part.url)
  const sockets = urls('realtime-gateway').map((url) => `${url.replace('http', 'ws')}/ws`)
  // one for each gateway, and one that changes from one to the other
  const observers = [...sockets.map((url) => [url]), sockets].map((at) => it.use(new Observer(at, owner.token, `project:${projectId}`)))
  const field: Field = { it, servers, parts, redis, random, leaseMs }
  return {
    field,
    it,
    witness,
    owner,
    observers,
    projectId,
    client: new Client(urls('scheduler'), owner),
    /** Cuts observers at random until a time. */
    async cutObservers(until: number): Promise<void> {
      while (Date.now() < until) {
        await pause(500 + random() * 1500)
        observers[Math.floor(random() * observers.length)]?.cut()
      }
    },
    async [Symbol.asyncDispose]() {
      await it[Symbol.asyncDispose]()
      redis.disconnect()
      await servers.close()
    },
  }
}
export type Battle = Awaited<ReturnType<typeof openBattle>>

/** The log as the owner of a project may hear it. */
export async function logOf({ it, projectId }: Battle): Promise<number[]> {
  const { rows } = await it.admin.query('select seq::int from platform.domain_events where project_id = $1 order by domain_events.seq', [
    projectId,
  ])
  return rows.map((row) => row.seq)
}
