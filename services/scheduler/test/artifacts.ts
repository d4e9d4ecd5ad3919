import { createHash } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { newId, uuidOf } from '@orrery/core'
import type { AttemptResult, Id, LeasedStep, StoredArtifact } from '@orrery/shared-types'
import { type Answer, ask } from '@orrery/testing'
import type { FastifyInstance } from 'fastify'
import { startScheduler, workerKey } from './start-scheduler.ts'

export const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

/** A scheduler with a run of one step, and a worker that does just what the test says. */
export async function startWithArtifacts(settings: Record<string, string> = {}) {
  const s = await startScheduler(settings)
  const workflow = await s.publish({ steps: { build: { uses: 'noop' } } })
  const worker = newId('worker')
  const exchange = (more: { results?: AttemptResult[]; take?: boolean }) =>
    s.engine.exchange({
      worker,
      results: more.results ?? [],
      heartbeats: [],
      logs: [],
      room: more.take ? { default: 50 } : {},
      waitMs: more.take ? 5000 : 0,
    })

  /** Starts a run and takes its step. */
  const lease = async (of: { id: string } = workflow): Promise<LeasedStep> => {
    await s.start(of)
    const { steps } = await exchange({ take: true })
    if (!steps[0]) throw new Error('no step came')
    return steps[0]
  }
  const put = putter(s.app)
  const stored = async (answer: Promise<Answer>): Promise<StoredArtifact> => {
    const { statusCode, body } = await answer
    if (statusCode !== 201) throw new Error(`${statusCode} ${body}`)
    return JSON.parse(body) as StoredArtifact
  }
  const objects = async (): Promise<string[]> =>
    (await readdir(s.dataDir, { recursive: true, withFileTypes: true })).filter((each) => each.isFile()).map((each) => each.name)
  const rows = async (): Promise<{ id: string; name: string; object_key: string }[]> =>
    (await s.it.admin.query('select id, name, object_key from scheduler.artifacts order by id')).rows
  return {
    ...s,
    as: ask(s.app, s.owner),
    lease,
    put,
    keep: (step: LeasedStep, name: string, data: string | Buffer) => stored(put(step, name, data)),
    finish: (step: { stepId: Id<'step'>; attempt: number }) =>
      exchange({ results: [{ stepId: step.stepId, attempt: step.attempt, output: null }] }),
    /** Names of the files in the store's folder, half ones included. */
    objects,
    rows,
    /** Loses every byte, as somebody would who empties the store. */
    forgetObjects: () => rm(join(s.dataDir, 'objects'), { recursive: true }),
    /** A row without bytes. */
    plant: async (step: LeasedStep, name: string): Promise<Id<'artifact'>> => {
      const id = newId('artifact')
      await s.it.admin.query(
        `insert into scheduler.artifacts (id, project_id, run_id, ordinal, attempt, step_key, name, content_type, size_bytes, sha256, object_key, expires_at)
         values ($1, $2, $3, 1, 1, 'build', $4, 'text/plain', 1, '', 'artifacts/00/none', now() + interval '1 day')`,
        [uuidOf('artifact', id), uuidOf('project', s.projectId), uuidOf('run', step.runId), name],
      )
      return id
    },
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  }
}

/** Sends a file as a worker would. */
const putter =
  (app: FastifyInstance) =>
  (step: { stepId: string; attempt: number }, name: string, data: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
    app.inject({
      method: 'PUT',
      url: `/internal/artifacts/${step.stepId}/${step.attempt}?name=${encodeURIComponent(name)}`,
      headers: {
        authorization: `Bearer ${workerKey}`,
        'content-type': 'application/octet-stream',
        'content-length': String(Buffer.byteLength(data)),
        'x-artifact-sha256': sha256(data),
        ...headers,
      },
      payload: Buffer.from(data),
    })
