import { createHash } from 'node:crypto'
import type { Artifact, Page, Run } from '@orrery/shared-types'
import { ask, eventually } from '@orrery/testing'
import { type Apart, startApart } from '../support/apart.ts'
import { publishWorkflow, startInProcess } from '../support/in-process.ts'

const megabytes = 3
const shell = (run: string, artifacts: string[]) => ({ uses: 'shell', with: { run, artifacts } })
const definition = (url: string) => ({
  steps: {
    build: shell(`mkdir out && head -c ${megabytes * 1_000_000} /dev/zero > out/zeros.bin && echo done && ln -s /etc/passwd out/passwd`, [
      'out/*',
    ]),
    fetch: { uses: 'http', with: { url, save: 'answer.json' } },
    fail: { ...shell('echo why > why.log; exit 3', ['*.log']), 'continue-on-error': true },
  },
})
const outputOf = (run: Run, key: string) => run.steps.find((step) => step.key === key)?.output as Record<string, unknown>

async function ended(s: Apart, id: string): Promise<Run> {
  return eventually('the end of the run', async () => {
    const run = await s.api.read(id)
    return run.endedAt !== null && run
  })
}

const answer = '{"path":"/x","value":7,"attempt":1}'

describe('what steps leave behind', () => {
  it('goes from a worker to the scheduler over HTTP, and comes back the same', async () => {
    await using s = await startApart()
    const worker = await s.worker()
    const workflowId = await s.api.publish(s.projectId, 'files', definition(`${s.witness.url}/x?value=7`))
    const run = await ended(s, (await s.api.run(workflowId, 'files')).id)
    expect(run.outcome).toBe('success')
    const { items } = (await s.api.send('GET', `/runs/${run.id}/artifacts`)) as Page<Artifact>
    expect(items.map((each) => [each.stepKey, each.name, each.sizeBytes]).sort()).toEqual([
      ['build', 'out/zeros.bin', megabytes * 1_000_000],
      ['fail', 'why.log', 4],
      ['fetch', 'answer.json', answer.length],
    ])
    const kept = (name: string) => items.find((each) => each.name === name)
    expect(outputOf(run, 'fetch')['artifact']).toEqual({
      id: kept('answer.json')?.id,
      name: 'answer.json',
      size: answer.length,
      sha256: createHash('sha256').update(answer).digest('hex'),
    })
    expect(outputOf(run, 'build')['artifacts']).toMatchObject([{ id: kept('out/zeros.bin')?.id, name: 'out/zeros.bin' }])
    const content = await fetch(`${s.scheduler.url}/api/v1/artifacts/${kept('out/zeros.bin')?.id}/content`, {
      headers: { authorization: `Bearer ${s.owner.token}` },
    })
    const hash = createHash('sha256')
      .update(Buffer.from(await content.arrayBuffer()))
      .digest('hex')
    expect(hash).toBe(kept('out/zeros.bin')?.sha256)
    // neither holds the other's connections open when it is told to stop
    await Promise.all([worker.kill('SIGTERM'), s.scheduler.kill('SIGTERM')])
  }, 60_000)

  it('goes straight to the scheduler where both are one process, with an event and a line in the log', async () => {
    await using s = await startInProcess({ codeSteps: 'trusted' })
    const { id } = await publishWorkflow(s.scheduler, s.owner, s.projectId, {
      steps: { build: shell('echo hi > a.txt', ['*.txt', 'none']) },
    })
    const as = ask(s.scheduler, s.owner)
    const run = (await as.post('/api/v1/runs', { workflowId: id })).json() as Run
    const { items } = await eventually('an artifact', async () => {
      const page = (await as.get(`/api/v1/runs/${run.id}/artifacts`)).json() as Page<Artifact>
      return page.items.length > 0 && page
    })
    expect((await as.get(`/api/v1/artifacts/${items[0]?.id}/content`)).body).toBe('hi\n')
    expect(await s.it.published('artifact.created')).toMatchObject([{ runId: run.id, name: 'a.txt', sizeBytes: 3 }])
    await eventually('its log', async () =>
      (await as.get(`/api/v1/runs/${run.id}/logs/download`)).body.includes('build system Kept a.txt, 3 bytes'),
    )
  })

  it('a run whose files go beyond its limit fails with the reason', async () => {
    await using s = await startInProcess({ codeSteps: 'trusted' })
    const { id } = await publishWorkflow(s.scheduler, s.owner, s.projectId, {
      steps: { build: shell('head -c 1000001 /dev/zero > large.bin', ['*.bin']) },
    })
    const as = ask(s.scheduler, s.owner)
    const { id: runId } = (await as.post('/api/v1/runs', { workflowId: id })).json() as Run
    const run = await eventually('the end', async () => {
      const read = (await as.get(`/api/v1/runs/${runId}`)).json() as Run
      return read.endedAt !== null && read
    })
    expect(run.error).toMatchObject({ code: 'artifact_too_large', stepKey: 'build' })
  })
})
