import fc from 'fast-check'
import { compileWorkflow } from '../workflows/index.ts'
import { backoffMs } from './backoff.ts'
import { begin, dueAfter, firstSteps, isOver, mayRun, type Progress, setState, stateOf } from './progress.ts'
import { resume } from './resume.ts'
import { newRunUuid, readStepId, runIdOf, stepIdOf } from './step-id.ts'

describe('the id of a step', () => {
  it('leads back to its run and its ordinal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xfffff }), (ordinal) => {
        const run = newRunUuid()
        expect(readStepId(stepIdOf(runIdOf(run), ordinal))).toEqual({ run, ordinal })
      }),
    )
    expect(() => stepIdOf(runIdOf(newRunUuid()), 0)).toThrow(RangeError)
    expect(readStepId('stp_nonsense')).toBeUndefined()
  })
})

describe('backoff', () => {
  const retry = { attempts: 9, exponential: true, initialMs: 100, maxMs: 1000, jitter: false, nonRetryable: new Set<string>() }
  it('doubles up to its end, stays when fixed, and with jitter lies anywhere below', () => {
    expect([1, 2, 3, 4, 5, 6].map((attempt) => backoffMs(retry, attempt, () => 1))).toEqual([100, 200, 400, 800, 1000, 1000])
    expect([1, 5].map((attempt) => backoffMs({ ...retry, exponential: false }, attempt, () => 1))).toEqual([100, 100])
    expect(backoffMs({ ...retry, jitter: true }, 4, () => 0.25)).toBe(200)
  })
})

/** Workflows in which each step needs some of those before it. */
const graphs = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 20 }).map((needs) => ({
  steps: Object.fromEntries(
    needs.map((list, i) => [`s${i}`, { uses: 'noop', ...(i > 0 && { needs: [...new Set(list.map((n) => `s${n % i}`))] }) }]),
  ),
}))

/** Ends steps in an order that `choose` decides, as workers might, and checks what it sees on the way. */
function play(definition: object, choose: (due: number) => number, fails: (node: number) => boolean): Progress {
  const { plan } = compileWorkflow(definition as Record<string, unknown>)
  if (!plan) throw new Error('not valid')
  const progress = begin(plan)
  const due = firstSteps(plan)
  while (due.length > 0) {
    const [index] = due.splice(choose(due.length), 1) as [number]
    const node = plan.nodes[index] as (typeof plan.nodes)[number]
    expect(stateOf(progress, index)).toBe('waiting')
    expect(node.needs.every((need) => !['waiting', 'active'].includes(stateOf(progress, need)))).toBe(true)
    setState(progress, index, mayRun(plan, progress, node) ? (fails(index) ? 'failed' : 'done') : 'skipped')
    for (const next of dueAfter(plan, progress, index)) if (!due.includes(next)) due.push(next)
  }
  return progress
}

describe('the progress of a run', () => {
  it('reaches every step once, whatever the order, and ends the same', () => {
    fc.assert(
      fc.property(graphs, fc.array(fc.nat(), { minLength: 1 }), fc.nat(5), (definition, picks, failing) => {
        let turn = 0
        const any = (n: number) => (picks[turn++ % picks.length] ?? 0) % n
        const fails = (node: number) => node % 6 === failing
        const one = play(definition, any, fails)
        expect(isOver(one)).toBe(true)
        expect(one.nodes).toBe(play(definition, () => 0, fails).nodes)
      }),
    )
  })

  it('taken up again keeps what succeeded and begins anew what did not, with all that comes after it', () => {
    fc.assert(
      fc.property(graphs, fc.nat(5), (definition, failing) => {
        const { plan } = compileWorkflow(definition as Record<string, unknown>)
        if (!plan) throw new Error('not valid')
        const ended = play(
          definition,
          () => 0,
          (node) => node % 6 === failing,
        )
        const words = {
          done: 'done',
          failed: 'failed',
          skipped: 'canceled',
          carried: 'failed',
          waiting: '',
          active: '',
          canceled: 'canceled',
        }
        const rows = plan.nodes.map((node) => {
          const state = stateOf(ended, node.index)
          return { node: node.index, item: null, ordinal: node.index + 1, status: words[state], skipped: state === 'skipped' }
        })
        const { progress, kept } = resume(plan, rows, null)
        for (const node of plan.nodes) {
          const again = !kept.includes(node.index + 1)
          expect(stateOf(progress, node.index)).toBe(again ? 'waiting' : stateOf(ended, node.index))
          if (stateOf(ended, node.index) === 'failed') expect(again).toBe(true)
          if (again) expect(node.dependents.every((next) => !kept.includes(next + 1))).toBe(true)
        }
      }),
    )
  })
})
