import { createHmac } from 'node:crypto'
import type { CreatedHook, HookCall } from '@orrery/shared-types'
import { type Answer, ask } from '@orrery/testing'
import { Webhook } from 'standardwebhooks'
import { startScheduler } from './start-scheduler.ts'

export const hooksUrl = '/api/v1/hooks'
const work = {
  inputs: { title: { type: 'string', required: true }, count: { type: 'integer' } },
  steps: { a: { uses: 'noop' } },
}

/** A scheduler with a published workflow that takes a title, and shortcuts for hooks and those who call them. */
export async function startWithHooks(settings: Record<string, string> = {}) {
  const s = await startScheduler(settings)
  const workflow = await s.publish(work)
  const as = ask(s.app, s.owner)
  const body = (more: object = {}) => ({
    projectId: s.projectId,
    workflowId: workflow.id,
    name: 'Issues',
    mapping: { title: '${{ body.issue.title }}' },
    ...more,
  })
  const make = async (more: object = {}): Promise<CreatedHook> => {
    const answer = await as.post(hooksUrl, body(more))
    if (answer.statusCode !== 201) throw new Error(answer.body)
    return answer.json()
  }
  const call = (id: string, payload: string | Buffer, headers: Record<string, string> = {}, query = ''): Promise<Answer> =>
    s.app.inject({ method: 'POST', url: `${hooksUrl}/${id}${query}`, payload, headers: { 'content-type': 'application/json', ...headers } })
  return {
    ...s,
    workflow,
    as,
    body,
    make,
    call,
    calls: async (id: string): Promise<HookCall[]> => (await as.get(`${hooksUrl}/${id}/calls?sort=at`)).json().items,
    runs: async (): Promise<{ id: string; trigger: string }[]> => (await as.get('/api/v1/runs')).json().items,
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  }
}

/** The headers that a sender of Standard Webhooks would send, by the real library. */
export function signStandard(secret: string, payload: string, { id = 'msg_1', at = new Date() } = {}): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, payload),
  }
}

export const signGitHub = (secret: string, payload: string, delivery = 'd-1'): Record<string, string> => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`,
  'x-github-delivery': delivery,
  'x-github-event': 'issues',
})
