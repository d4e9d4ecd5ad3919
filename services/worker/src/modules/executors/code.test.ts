import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LeasedStep } from '@orrery/shared-types'
import { startStore } from '../../../test/store.ts'
import type { CodeSteps } from '../../config.ts'
import { createKeepFile } from './keep-file.ts'
import { createNodeExecutor } from './node.ts'
import { shell } from './shell.ts'

const stepOf = (uses: string, input: object, timeoutMs = 5000): LeasedStep => ({
  stepId: 'stp_01h455vb4pex5vsknk084s0001',
  runId: 'run_01h455vb4pex5vsknk084s0000',
  projectId: 'prj_01h455vb4pex5vsknk084s0000',
  key: 'step',
  itemIndex: null,
  uses,
  attempt: 1,
  input,
  timeoutMs,
  leaseMs: 30_000,
})

function listen(timeoutMs = 10_000) {
  const lines: string[] = []
  return {
    lines,
    io: { signal: AbortSignal.timeout(timeoutMs), log: (stream: string, text: string) => void lines.push(`${stream}: ${text}`) },
  }
}

describe('a node step', () => {
  const node = createNodeExecutor()
  afterAll(() => node.close())
  const run = (code: string, input: unknown = null, timeoutMs = 5000) =>
    node.execute(stepOf('node', { code, input }, timeoutMs), listen().io)

  it('gives what it returns, takes its input, and its console becomes log lines', async () => {
    const { lines, io } = listen()
    const step = stepOf('node', { code: "console.log('got', input); console.error('oh'); return { twice: input.n * 2 }", input: { n: 21 } })
    expect(await node.execute(step, io)).toEqual({ twice: 42 })
    expect(lines).toEqual(['stdout: got {"n":21}', 'stderr: oh'])
  })

  it.each([
    'return typeof require',
    'return typeof process',
    'return typeof fetch',
    'return typeof globalThis.constructor.constructor("return this.process")()',
  ])('reaches nothing of its host: %s', async (code) => {
    expect(await run(code)).toBe('undefined')
  })

  it('fails with its own error, and with the name of what it ran out of', async () => {
    await expect(run("throw new TypeError('no')")).rejects.toMatchObject({
      code: 'code_failed',
      message: 'TypeError: no',
      retryable: false,
    })
    await expect(run('for (;;) {}', null, 200)).rejects.toMatchObject({ code: 'timeout', retryable: true })
    await expect(run("const all = []; for (;;) all.push(new Array(1e6).fill('x'))")).rejects.toMatchObject({ code: 'out_of_memory' })
    expect(await run('return 1')).toBe(1)
  })

  it('ends at once when it is canceled', async () => {
    const cancel = new AbortController()
    const running = node.execute(stepOf('node', { code: 'for (;;) {}' }, 60_000), { signal: cancel.signal, log: () => {} })
    cancel.abort(new Error('canceled'))
    await expect(running).rejects.toThrow('canceled')
  })
})

describe('a shell step', () => {
  const modes: CodeSteps[] = existsSync('/usr/bin/bwrap') ? ['trusted', 'sandbox'] : ['trusted']
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orrery-shell-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const run = (mode: CodeSteps, script: string, more: object = {}, signal = AbortSignal.timeout(10_000)) =>
    shell(
      mode,
      folder,
      createKeepFile(startStore().store),
    )(stepOf('shell', { run: script, ...more }), { signal, log: () => {} }) as Promise<{ stdout: string; json: unknown }>

  it.each(modes)('%s: gives its output, has its variables and input, and leaves no folder behind', async (mode) => {
    expect((await run(mode, 'echo "$GREETING"; cat', { env: { GREETING: 'hello' }, input: 'there' })).stdout).toBe('hello\nthere\n')
    expect((await run(mode, `echo '{"a":1}'`)).json).toEqual({ a: 1 })
    expect(await readdir(folder)).toEqual([])
  })

  it.each(modes)('%s: fails with its exit code and the end of what it said', async (mode) => {
    await expect(run(mode, 'echo trouble >&2; exit 3')).rejects.toMatchObject({
      code: 'exit_3',
      message: 'The command ended with 3: trouble',
    })
    await expect(run(mode, 'exit 4')).rejects.toMatchObject({ message: 'The command ended with 4' })
  })

  it.each(modes)('%s: does not see the environment of the worker', async (mode) => {
    process.env['ORRERY_PLANTED_SECRET'] = 'planted'
    expect((await run(mode, 'env')).stdout).not.toContain('planted')
    delete process.env['ORRERY_PLANTED_SECRET']
  })

  it.each(modes)('%s: is ended with its children when it is canceled', async (mode) => {
    const cancel = new AbortController()
    const running = run(mode, 'sleep 60 & sleep 60; wait', {}, cancel.signal)
    setTimeout(() => cancel.abort(new Error('canceled')), 200)
    await expect(running).rejects.toThrow('canceled')
  })

  it('off: refuses and says how to change it', async () => {
    await expect(run('off', 'true')).rejects.toMatchObject({
      code: 'code_steps_off',
      message: expect.stringContaining('ORRERY_CODE_STEPS'),
    })
  })

  const sandboxed = existsSync('/usr/bin/bwrap') ? it : it.skip
  sandboxed.each([
    ['the network', 'cat </dev/tcp/127.0.0.1/22 || exec 3<>/dev/tcp/127.0.0.1/22'],
    ['files of the host', 'ls /root /home /etc/passwd'],
    ['processes of the host', 'test "$(ls /proc | grep -c "^[0-9]")" -gt 8'],
    ['the system, to write it', 'touch /usr/x'],
  ])('sandbox: can not reach %s', async (_, script) => {
    await expect(run('sandbox', script)).rejects.toMatchObject({ code: expect.stringMatching(/^exit_/) })
  })
})
