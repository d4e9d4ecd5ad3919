import { rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { newUuid } from '@orrery/core'
import { ownCtx } from '@orrery/service-kit'
import { eventually } from '@orrery/testing'
import { startWithArtifacts } from '../../../test/artifacts.ts'
import { openFileStore } from '../../clients/file-store.ts'
import { createPlans } from '../workflows/index.ts'
import type { ArtifactCtx } from './artifact.context.ts'
import { objectKeyOf } from './artifact.policy.ts'
import { dropExpired, dropOrphans } from './sweep-artifacts.ts'

const day = 86_400_000

async function start() {
  const s = await startWithArtifacts()
  const deps = s.it.deps('scheduler')
  const objects = openFileStore(s.dataDir)
  const limits = { maxBytes: 1e6, runMaxBytes: 1e6, runMaxCount: 1000, keepDays: 30 }
  const ctx: ArtifactCtx = {
    ...ownCtx(deps, 'test'),
    engine: s.engine,
    plans: createPlans(deps.pool),
    objects,
    limits,
    pool: deps.pool,
  }
  const pathOf = (key: string) => join(s.dataDir, 'objects', key)
  /** Makes a file look as old as that. */
  const age = (path: string, ms: number) => utimes(path, new Date(), new Date(Date.now() - ms))
  return { ...s, ctx, deps, objectStore: objects, pathOf, age, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() }
}

describe('retention', () => {
  it('drops what is past its time, bytes and row, and nothing else', async () => {
    await using s = await start()
    const step = await s.lease()
    const old = await s.keep(step, 'old.txt', 'old')
    await s.keep(step, 'young.txt', 'young')
    await s.it.admin.query(`update scheduler.artifacts set expires_at = now() - interval '1 second' where name = 'old.txt'`)
    expect(await dropExpired(s.ctx)).toBe(1)
    expect((await s.rows()).map((row) => row.name)).toEqual(['young.txt'])
    expect(await s.objects()).toEqual([(await s.rows())[0]?.object_key.split('/').at(-1)])
    expect(await s.it.published('artifact.deleted')).toEqual([{ runId: step.runId, stepId: step.stepId, reason: 'expired' }])
    expect((await s.as.get(`/api/v1/artifacts/${old.id}/content`)).statusCode).toBe(404)
    expect(await dropExpired(s.ctx)).toBe(0)
  })

  it('drops hundreds, each once, also when two replicas are at it', async () => {
    await using s = await start()
    const step = await s.lease()
    const { id } = await s.keep(step, 'first.txt', 'x')
    await s.it.admin.query(
      `insert into scheduler.artifacts select gen_random_uuid(), project_id, run_id, ordinal, attempt, step_key, item_index, 'n' || i, content_type,
         size_bytes, sha256, 'artifacts/00/none-' || i, created_at, now() - interval '1 second' from scheduler.artifacts, generate_series(1, 250) i`,
    )
    const counts = await Promise.all([dropExpired(s.ctx), dropExpired(s.ctx)])
    expect(counts.reduce((a, b) => a + b)).toBe(250)
    expect((await s.it.published('artifact.deleted')).length).toBe(250)
    expect((await s.as.get(`/api/v1/artifacts/${id}`)).statusCode).toBe(200)
  })

  it('keeps the row where the bytes could not be removed, and tries again', async () => {
    await using s = await start()
    await s.keep(await s.lease(), 'a.txt', 'x')
    await s.it.admin.query(`update scheduler.artifacts set expires_at = now() - interval '1 second'`)
    const away = { ...s.ctx, objects: { ...s.ctx.objects, remove: () => Promise.reject(new Error('away')) } }
    await expect(dropExpired(away)).rejects.toThrow('away')
    expect(await s.rows()).toHaveLength(1)
    expect(await dropExpired(s.ctx)).toBe(1)
    expect([await s.rows(), await s.objects()]).toEqual([[], []])
  })
})

describe('orphans', () => {
  it('go after a day; younger ones, objects of artifacts and what is not ours stay', async () => {
    await using s = await start()
    await s.keep(await s.lease(), 'a.txt', 'kept')
    const key = (await s.rows())[0]?.object_key ?? ''
    const [old, young] = [objectKeyOf(newUuid()), objectKeyOf(newUuid())]
    for (const orphan of [old, young, 'elsewhere/thing']) await s.objectStore.put(orphan, Readable.from([Buffer.from('x')]))
    for (const each of [key, old, 'elsewhere/thing']) await s.age(s.pathOf(each), day + 60_000)
    await s.age(s.pathOf(young), day - 60_000)
    expect(await dropOrphans(s.ctx)).toBe(1)
    const there = async (each: string) => (await s.objectStore.get(each)) !== null
    expect([await there(key), await there(old), await there(young), await there('elsewhere/thing')]).toEqual([true, false, true, true])
  })

  it('half files of processes that died go after a day too', async () => {
    await using s = await start()
    await s.keep(await s.lease(), 'a.txt', 'kept')
    const [old, young] = ['old', 'young'].map((name) => join(s.dataDir, 'incoming', name)) as [string, string]
    await Promise.all([writeFile(old, ''), writeFile(young, '')])
    await s.age(old, day + 60_000)
    await dropOrphans(s.ctx)
    expect((await s.objects()).sort()).toEqual(expect.arrayContaining(['young']))
    expect(await s.objects()).not.toContain('old')
  })

  it('are looked for by one replica at a time', async () => {
    await using s = await start()
    const orphan = objectKeyOf(newUuid())
    await s.objectStore.put(orphan, Readable.from([]))
    await s.age(s.pathOf(orphan), 2 * day)
    const holder = await s.it.admin.connect()
    await holder.query('select pg_advisory_lock(7027010)')
    expect(await dropOrphans(s.ctx)).toBe(0)
    await holder.query('select pg_advisory_unlock(7027010)')
    holder.release()
    expect(await eventually('the orphan gone', async () => (await dropOrphans(s.ctx)) === 1)).toBe(true)
    await rm(s.pathOf(orphan), { force: true })
  })
})
