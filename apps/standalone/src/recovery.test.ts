import { setTimeout as pause } from 'node:timers/promises'
import { makePlace, run, untilReady } from './test/processes.ts'

type Step = { key: string; status: string; output: unknown; attempt: number }
type Run = { id: string; endedAt: string | null; outcome: string; output: { sum: number } | null; steps: Step[] }

const account = { email: 'ada@example.test', username: 'ada', password: 'a long passphrase for tests' }
const definition = `
inputs: { n: { type: integer, required: true } }
steps:
  first: { uses: shell, with: { run: "sleep 0.3; echo $N", env: { N: "\${{ inputs.n }}" } } }
  each: { uses: noop, needs: first, foreach: [1, 2, 3], with: { output: "\${{ item * 10 }}" } }
  sum: { uses: node, needs: each, with: { code: "return input.list.reduce((a, b) => a + b, input.n)", input: { list: "\${{ steps.each.output }}", n: "\${{ inputs.n }}" } } }
outputs: { sum: "\${{ steps.sum.output }}" }
`

function client(origin: string) {
  let token = ''
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const logIn = async () => {
    const { email, password } = account
    token = (await call<{ accessToken: string }>('POST', '/auth/login', { email, password })).accessToken
  }
  return { call, logIn }
}

it('ends every accepted run right after a kill -9 of everything in the middle of them, in less than 45 s', async () => {
  await using place = await makePlace()
  const first = run('main', place.env)
  await untilReady(first)
  const { call, logIn } = client(place.origin)
  await call('POST', '/auth/register', account)
  await logIn()
  const project = await call<{ id: string }>('POST', '/projects', { name: 'Recovery' })
  const workflow = await call<{ id: string }>('POST', '/workflows', { projectId: project.id, slug: 'work', name: 'Work', definition })
  await call('POST', `/workflows/${workflow.id}/publish`)
  const started = await Promise.all(
    Array.from({ length: 20 }, (_, n) => call<Run>('POST', '/runs', { workflowId: workflow.id, input: { n } })),
  )
  await pause(700)
  first.process.kill('SIGKILL')
  await first.exit

  const second = run('main', place.env)
  await untilReady(second)
  const readyAt = Date.now()
  await logIn()
  const ended = await Promise.all(
    started.map(async ({ id }) => {
      for (;;) {
        const found = await call<Run>('GET', `/runs/${id}`)
        if (found.endedAt !== null) return found
        if (Date.now() - readyAt > 45_000) throw new Error(`${id} has not ended`)
        await pause(200)
      }
    }),
  )
  expect(ended.map((each) => [each.outcome, each.output?.sum])).toEqual(started.map((_, n) => ['success', 60 + n]))
  expect(ended.every((each) => each.steps.length === 6 && each.steps.every((step) => step.status === 'done'))).toBe(true)
  const again = ended.flatMap((each) => each.steps).filter((step) => step.attempt > 1).length
  console.log(`all 20 runs ended ${Date.now() - readyAt} ms after the start; ${again} steps were attempted again`)
  second.process.kill('SIGTERM')
  await second.exit
}, 120_000)
