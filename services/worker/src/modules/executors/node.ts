import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CodeAnswer, CodeCall } from './code-host.ts'
import type { Executor } from './executor.ts'
import { maxOutputBytes } from './executor.ts'
import { StepFailure } from './step-failure.ts'

const hostFile = fileURLToPath(new URL('./code-host.ts', import.meta.url))
const memoryMb = 64

type Host = { child: ChildProcess; answer: ((answer: CodeAnswer) => void) | undefined; gone: ((error: Error) => void) | undefined }

/** Runs pure functions in V8 isolates, in child processes that hold no secret. A child that dies takes one step with it. */
export function createNodeExecutor(): { execute: Executor; close: () => void } {
  const idle: Host[] = []
  const all = new Set<Host>()
  let calls = 0

  function open(): Host {
    const child = fork(hostFile, {
      execArgv: ['--no-node-snapshot', '--max-old-space-size=256'],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const host: Host = { child, answer: undefined, gone: undefined }
    all.add(host)
    child.on('message', (answer: CodeAnswer) => host.answer?.(answer))
    child.once('exit', () => {
      all.delete(host)
      if (idle.includes(host)) idle.splice(idle.indexOf(host), 1)
      host.gone?.(new StepFailure('out_of_memory', 'The process that ran the code ended: it used more memory than it may'))
    })
    child.on('error', (error) => host.gone?.(error))
    return host
  }

  const execute: Executor = async (step, { signal, log }) => {
    const { code, input } = step.input as { code?: unknown; input?: unknown }
    if (typeof code !== 'string') throw new StepFailure('input_invalid', 'with.code must be text')
    const host = idle.pop() ?? open()
    const call: CodeCall = { id: ++calls, code, input: input ?? null, timeoutMs: step.timeoutMs, memoryMb }
    const abort = () => host.child.kill('SIGKILL')
    signal.addEventListener('abort', abort, { once: true })
    try {
      const answer = await new Promise<CodeAnswer>((resolve, reject) => {
        host.answer = resolve
        host.gone = reject
        host.child.send(call)
      })
      for (const line of answer.logs) log(line.stream, line.text)
      if (answer.error) throw new StepFailure(answer.error.code, answer.error.message, answer.error.code === 'timeout')
      if ((answer.output?.length ?? 0) > maxOutputBytes)
        throw new StepFailure('output_too_large', `The output is larger than ${maxOutputBytes} bytes`)
      idle.push(host)
      return JSON.parse(answer.output ?? 'null') as unknown
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (host.child.connected && error instanceof StepFailure && error.code !== 'out_of_memory') idle.push(host)
      else host.child.kill('SIGKILL')
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
      host.answer = undefined
      host.gone = undefined
    }
  }
  return {
    execute,
    close() {
      for (const host of all) host.child.kill('SIGKILL')
    },
  }
}
