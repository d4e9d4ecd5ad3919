import type { Approval, Run } from '@orrery/shared-types'
import { ask, eventually } from '@orrery/testing'
import { startScheduler, type TestScheduler } from '../../../test/start-scheduler.ts'
import { readStepId } from '../engine/index.ts'

const approval = (more: object = {}) => ({ uses: 'approval', with: { title: 'Page the on-call?', ...more } })
const after = { uses: 'noop', needs: 'ask', with: { output: '${{ steps.ask.output }}' } }
const list = async (s: TestScheduler, query = '') =>
  (await ask(s.app, s.owner).get(`/api/v1/approvals?projectId=${s.projectId}${query}`)).json().items as Approval[]
const decide = (s: TestScheduler, id: string | undefined, how: string, body: object = {}, as = s.owner) =>
  ask(s.app, as).post(`/api/v1/approvals/${id}/${how}`, body)

/** A run that waits for an answer, and what it asks. */
async function asking(s: TestScheduler, definition: object): Promise<{ run: Run; asked: Approval }> {
  const run = await s.start(await s.publish(definition))
  const asked = await eventually('the question', async () => (await list(s, `&runId=${run.id}`))[0])
  return { run, asked }
}

describe('a step that asks for an approval', () => {
  it('holds its run without a worker, says who may decide, and goes on with what they said', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const { run, asked } = await asking(s, { steps: { ask: approval({ description: 'It is late.' }), after } })
    expect(asked).toMatchObject({
      state: 'pending',
      title: 'Page the on-call?',
      description: 'It is late.',
      role: 'operator',
      stepKey: 'ask',
    })
    const blocked = await s.read(run.id)
    expect([blocked.status, blocked.blockedReason, blocked.steps[0]?.status]).toEqual([
      'blocked',
      'step ask waits for an approval',
      'blocked',
    ])
    const why = (await ask(s.app, s.owner).get(`/api/v1/runs/${run.id}/why`)).json()
    expect(why.sentence).toMatch(/^Step ask waits since 20\S+ for somebody with the role operator to approve “Page the on-call\?”\.$/)
    const answer = await decide(s, asked.id, 'approve', { comment: ' Do it ' })
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { ...asked, state: 'approved', decidedAt: expect.any(String), decidedBy: s.owner.id, comment: 'Do it' },
    ])
    const ended = await s.ended(run.id)
    expect([ended.outcome, ended.steps[1]?.output]).toEqual(['success', { approved: true, by: s.owner.id, comment: 'Do it' }])
    expect(await s.it.published('approval.requested')).toMatchObject([{ runId: run.id, key: 'ask', role: 'operator', expiresAt: null }])
    expect(await s.it.published('approval.decided')).toMatchObject([{ state: 'approved', by: s.owner.id }])
    const { rows } = await s.it.admin.query(`select action, entity_id from platform.audit_log where action like 'approval.%'`)
    expect(rows).toEqual([{ action: 'approval.approve', entity_id: asked.id }])
  })

  it('fails when it is rejected, and a second answer is refused with the first', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const { run, asked } = await asking(s, { steps: { ask: approval(), after } })
    expect((await decide(s, asked.id, 'reject', { comment: 'No' })).statusCode).toBe(200)
    expect((await s.ended(run.id)).error).toEqual({ code: 'rejected', message: `Rejected by ${s.owner.id}: No`, stepKey: 'ask' })
    const late = await decide(s, asked.id, 'approve')
    expect([late.statusCode, late.json().code, late.json().detail]).toEqual([
      409,
      'approval_decided',
      expect.stringContaining(`This was rejected by ${s.owner.id}`),
    ])
  })

  it('is decided by itself when its time is up, as it says', async () => {
    await using s = await startScheduler()
    s.work(() => ({}))
    const rejected = await s.run({ steps: { ask: approval({ expires: '50ms' }), after } })
    const approved = await s.run({ steps: { ask: approval({ expires: 50, onExpire: 'approve' }), after } })
    expect([rejected.error?.code, approved.outcome, approved.steps[1]?.output]).toEqual([
      'expired',
      'success',
      { approved: true, by: null, comment: null },
    ])
    expect((await list(s)).map((each) => each.state)).toEqual(['expired', 'expired'])
  })

  it('has one answer when it is approved, rejected, canceled and expires at once', async () => {
    await using s = await startScheduler()
    const workflow = await s.publish({ steps: { ask: approval({ expires: '1s' }) } })
    const runs = await Promise.all(Array.from({ length: 40 }, () => s.start(workflow)))
    const asked = await eventually('the questions', async () => {
      const items = await list(s, '&limit=100')
      return items.length === runs.length && items
    })
    const answers = await Promise.all(
      asked.flatMap(({ id, runId }) => {
        const sometime = () => new Promise((resolve) => setTimeout(resolve, 600 + Math.random() * 600))
        return [
          sometime().then(async () => ({ id, state: 'approved', taken: (await decide(s, id, 'approve')).statusCode === 200 })),
          sometime().then(async () => ({ id, state: 'rejected', taken: (await decide(s, id, 'reject')).statusCode === 200 })),
          sometime().then(async () => ({
            id,
            state: 'canceled',
            taken: (await ask(s.app, s.owner).post(`/api/v1/runs/${runId}/cancel`)).statusCode === 200,
          })),
        ]
      }),
    )
    const outcomes = { approved: 'success', rejected: 'failed', expired: 'failed', canceled: 'cancelled', pending: null }
    for (const { id, runId, state } of await list(s, '&limit=100')) {
      const won = answers.filter((each) => each.id === id && each.taken).map((each) => each.state)
      expect([id, won]).toEqual([id, state === 'expired' ? [] : [state]])
      expect((await s.ended(runId)).outcome).toBe(outcomes[state])
    }
    expect(await s.it.published('approval.decided')).toHaveLength(runs.length)
    expect(await s.it.published('execution.completed')).toHaveLength(runs.length)
  })

  it('leaves no question open that was asked in the transaction of a cancellation', async () => {
    await using s = await startScheduler()
    const each = { foreach: [1, 2], concurrency: 1 }
    const { run, asked } = await asking(s, { steps: { ask: { ...approval(), ...each } }, finally: { last: { uses: 'noop' } } })
    const by = { actor_kind: 'system', actor_id: 'test', ip: null, request_id: 'test' }
    const first = readStepId(asked.id) as NonNullable<ReturnType<typeof readStepId>>
    // what comes in the same turn of the event loop is one transaction's
    expect(await Promise.all([s.engine.decide(first, { approve: true, comment: null }, by), s.engine.cancel(run.id, by)])).toEqual([
      true,
      true,
    ])
    expect((await list(s)).map((each) => each.state).sort()).toEqual(['approved', 'canceled'])
    const said = (await s.it.published('step.status_changed')).filter((event) => event['itemIndex'] === 1)
    expect(said.map((event) => event['to'])).toEqual(['in_progress', 'canceled'])
    const { rows } = await s.it.admin.query('select open, waits from scheduler.run_state')
    expect(rows).toEqual([{ open: 1, waits: 0 }])
  })

  it('is decided by those alone who may, and seen by members alone', async () => {
    await using s = await startScheduler()
    const { asked } = await asking(s, { steps: { ask: approval({ role: 'manager' }) } })
    const operator = await s.it.make.user()
    await s.it.make.member(s.projectId, operator.id, 'operator')
    const stranger = await s.it.make.user()
    expect((await decide(s, asked.id, 'approve', {}, operator)).statusCode).toBe(403)
    expect((await decide(s, asked.id, 'approve', {}, stranger)).statusCode).toBe(404)
    expect((await ask(s.app, stranger).get(`/api/v1/approvals`)).json().items).toEqual([])
    expect((await ask(s.app, operator).get(`/api/v1/approvals/${asked.id}`)).json().state).toBe('pending')
    expect((await decide(s, asked.id, 'approve')).statusCode).toBe(200)
  })

  it('that asks nothing, or of nobody, is refused before it is published, and where an expression gives it, fails', async () => {
    await using s = await startScheduler()
    const validate = async (given: object) =>
      (
        await ask(s.app, s.owner).post('/api/v1/workflows/validate', { definition: { steps: { ask: { uses: 'approval', with: given } } } })
      ).json()
    expect((await validate({})).errors[0].message).toBe('approval needs with.title')
    expect((await validate({ title: 'x', role: 'viewer' })).errors[0].message).toBe('role must be operator or manager or owner')
    const run = await s.run({ inputs: { title: {} }, steps: { ask: approval({ title: '${{ inputs.title }}' }) } }, { title: 7 })
    expect(run.error).toMatchObject({ code: 'input_invalid', message: 'ask: with.title must be a text of up to 200 characters' })
  })
})
