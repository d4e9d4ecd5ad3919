import type { Id } from '@orrery/shared-types'
import type { Plan } from '../workflows/index.ts'
import { layOut, type TimelineFacts } from './timeline.policy.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 9, 0, seconds)).toISOString()
const plan = { nodes: [{ key: 'a', uses: 'http', foreach: null }] } as unknown as Plan
const row = { ordinal: 1, node: 0, item: null, attempt: 1, queuedAt: at(0), startedAt: null, readyAt: at(20) }
const failed = { ordinal: 1, attempt: 1, startedAt: at(1), endedAt: at(10), error: { code: 'http_503', message: 'busy' } }

const kinds = (facts: Partial<TimelineFacts>) =>
  layOut({ plan, ended: [], live: [row], attempts: [failed], children: [], idOf: () => 'stp_1', now: at(15), ...facts }).items.map(
    ({ kind, attempt, startedAt, endedAt }) => [kind, attempt, startedAt, endedAt],
  )
const before = [
  ['queue', 0, at(0), at(1)],
  ['attempt', 1, at(1), at(10)],
]

it('a step that failed pauses until its next attempt', () => {
  expect(kinds({})).toEqual([...before, ['backoff', 1, at(10), null]])
  const ended = { ...row, attempt: 2, startedAt: at(21), endedAt: at(22), error: null, status: 'done', skipped: false }
  expect(kinds({ live: [], ended: [ended] })).toEqual([...before, ['backoff', 2, at(10), at(21)], ['attempt', 2, at(21), at(22)]])
})

it('a pause that is over goes on in the queue, as does a step that lost its worker', () => {
  expect(kinds({ now: at(30) })).toEqual([...before, ['backoff', 1, at(10), at(20)], ['queue', 1, at(20), null]])
  const lost = { ...failed, error: { code: 'worker_lost', message: 'gone' } }
  expect(kinds({ attempts: [lost] })).toEqual([...before, ['queue', 1, at(10), null]])
})

it('each attempt leads to the run that it began, the last ones where the first are not known', () => {
  const ended = { ...row, attempt: 2, startedAt: at(21), endedAt: at(22), error: null, status: 'done', skipped: false }
  const linked = (...ids: Id<'run'>[]) => {
    const children = ids.map((id) => ({ id, ordinal: 1 }))
    const { items } = layOut({ plan, ended: [ended], live: [], attempts: [failed], children, idOf: () => 'stp_1', now: at(30) })
    return items.filter((item) => item.kind === 'attempt').map((item) => item.childRunId)
  }
  expect([linked('run_1', 'run_2'), linked('run_2'), linked()]).toEqual([
    ['run_1', 'run_2'],
    [null, 'run_2'],
    [null, null],
  ])
})
