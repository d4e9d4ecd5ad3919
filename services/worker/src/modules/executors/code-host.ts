import ivm from 'isolated-vm'
import { logLine } from './log-line.ts'

// Runs in a process of its own, with nothing in its environment: code steps are evaluated here, each in a fresh isolate.

export type CodeCall = { id: number; code: string; input: unknown; timeoutMs: number; memoryMb: number }
export type CodeAnswer = {
  id: number
  output?: string
  error?: { code: string; message: string }
  logs: { stream: 'stdout' | 'stderr'; text: string }[]
}

const maxLogs = 1000

async function run({ id, code, input, timeoutMs, memoryMb }: CodeCall): Promise<CodeAnswer> {
  const logs: CodeAnswer['logs'] = []
  const isolate = new ivm.Isolate({ memoryLimit: memoryMb })
  try {
    const context = await isolate.createContext()
    const log = new ivm.Callback((stream: string, text: string) => {
      if (logs.length < maxLogs) logs.push({ stream: stream === 'stderr' ? 'stderr' : 'stdout', text: logLine(text) })
    })
    const prelude = `const write = (stream) => (...parts) => $0(stream, parts.map((p) => typeof p === 'string' ? p : JSON.stringify(p) ?? String(p)).join(' '));
      globalThis.console = { log: write('stdout'), info: write('stdout'), debug: write('stdout'), warn: write('stderr'), error: write('stderr') };`
    await context.evalClosure(prelude, [log])
    const body = `'use strict'; const input = JSON.parse($0); const result = (() => { ${code}\n })(); const text = JSON.stringify(result); return text === undefined ? 'null' : text;`
    const output: unknown = await context.evalClosure(body, [JSON.stringify(input ?? null)], { timeout: timeoutMs, result: { copy: true } })
    return { id, output: String(output), logs }
  } catch (error) {
    return { id, error: describe(error as Error, isolate.isDisposed), logs }
  } finally {
    if (!isolate.isDisposed) isolate.dispose()
  }
}

function describe(error: Error, disposed: boolean): { code: string; message: string } {
  if (disposed || /disposed|memory limit/i.test(error.message))
    return { code: 'out_of_memory', message: 'The code used more memory than it may' }
  if (/timed out/i.test(error.message)) return { code: 'timeout', message: 'The code took longer than its timeout' }
  return { code: 'code_failed', message: `${error.name}: ${error.message}` }
}

process.on('message', (call: CodeCall) => {
  void run(call).then((answer) => process.send?.(answer))
})
process.on('disconnect', () => process.exit(0))
