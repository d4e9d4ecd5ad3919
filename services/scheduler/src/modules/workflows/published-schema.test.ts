import { readFile } from 'node:fs/promises'
import { ask } from '@orrery/testing'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { startScheduler } from '../../../test/start-scheduler.ts'
import { executors } from './executors.ts'
import { compileWorkflow } from './plan.ts'
import { publishedSchema } from './published-schema.ts'

// as strict as a validator can be, and on its way through JSON
const validate = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allErrors: true }).compile(
  JSON.parse(JSON.stringify(publishedSchema)),
)
const step = (uses: string, given?: object) => ({ steps: { a: { uses, ...(given && { with: given }) } } })
const url = 'https://example.test/items'

describe('the published schema', () => {
  it('stands at its address for everybody, and says what it is', async () => {
    await using s = await startScheduler()
    const answer = await s.app.inject({ url: '/api/v1/workflows/schema.json' })
    expect([answer.statusCode, answer.json().$id]).toEqual([200, 'urn:orrery:workflow:1'])
    expect(answer.json()).toEqual(JSON.parse(JSON.stringify(publishedSchema)))
    expect((await ask(s.app, s.owner).post('/api/v1/workflows/validate', { definition: step('noop') })).json().valid).toBe(true)
  })

  it.each([
    ['what an executor has no setting for', step('http', { url, methd: 'GET' })],
    ['a setting that is missing', step('http', { method: 'GET' })],
    ['settings that are missing', step('node')],
    ['an executor that is not there', step('htpp', { url })],
    ['a setting of another kind', step('http', { url, expect: 'ok' })],
    ['headers that are no object', step('http', { url, headers: 'x-api-key: 1' })],
    ['an address that is none', step('http', { url: 'example.test' })],
    ['a status that is none', step('http', { url, expect: [20] })],
    ['code that is no text', step('node', { code: 7 })],
    ['variables that are no texts', step('shell', { run: 'true', env: { A: [] } })],
    ['two things to wait for', step('wait', { duration: '1s', signal: 'go' })],
    ['nothing to wait for', step('wait', {})],
    ['an input that is no object', step('workflow', { workflow: 'child', input: [1] })],
    ['the same in other blocks', { ...step('noop'), finally: { b: { uses: 'http', with: {} } } }],
  ])('refuses %s, as the check does', (_, definition) => {
    expect(validate(definition)).toBe(false)
    expect(compileWorkflow(definition).errors).not.toEqual([])
  })

  it.each([
    step('http', { url: '${{ item }}', expect: '${{ inputs.status }}', headers: { 'x-api-key': '${{ inputs.key }}', n: 1 }, body: [1] }),
    step('http', { url, method: 'post', query: { a: 1 }, expect: [200, 404], save: 'report.pdf' }),
    step('http', { url, expect: [200, '${{ inputs.status }}'], query: '${{ inputs.query }}' }),
    step('shell', { run: 'true', env: { A: 1 }, artifacts: ['report/*.html'] }),
    step('wait', { duration: '1h30m' }),
    step('wait', { duration: 500 }),
    step('workflow', { workflow: 'child', input: '${{ inputs.all }}' }),
    step('noop', { output: null }),
    step('queue:gpu', { anything: ['goes'] }),
  ])('takes what the check takes: %j', (definition) => {
    const inputs = { status: {}, key: {}, query: {}, all: {} }
    const foreach = JSON.stringify(definition).includes('item') ? { foreach: [url] } : {}
    const whole = { inputs, steps: { a: { ...definition.steps.a, ...foreach } } }
    expect(validate(whole) ? [] : validate.errors).toEqual([])
    expect(compileWorkflow(whole).errors).toEqual([])
  })

  it('takes the workflows that are shown to people', async () => {
    const readme = await readFile(new URL('../../../../../README.md', import.meta.url), 'utf8')
    const examples = [...readme.matchAll(/^ *```yaml\n([\s\S]*?)^ *```/gm)].map((match) => parse(match[1] ?? ''))
    const demo = parse(await readFile(new URL('../../../../../scripts/demo/watch.yaml', import.meta.url), 'utf8'))
    const workflows = [...examples, demo].filter((each) => each.steps !== undefined)
    expect(workflows.length).toBeGreaterThan(1)
    for (const each of workflows) expect(validate(each) ? [] : validate.errors).toEqual([])
  })

  it('says of each executor and each setting what it is', () => {
    for (const { description, settings } of Object.values(executors)) {
      expect(description).not.toBe('')
      for (const { schema } of Object.values(settings)) expect(schema.description).toEqual(expect.any(String))
    }
  })
})
