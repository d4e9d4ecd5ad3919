import { readAllowList } from '@orrery/core'
import type { CodeSteps } from '../../config.ts'
import type { Executor } from './executor.ts'
import { http } from './http.ts'
import { createNodeExecutor } from './node.ts'
import { noop } from './noop.ts'
import { shell } from './shell.ts'

export type { Executor, LogStream } from './executor.ts'
export { StepFailure } from './step-failure.ts'

export type ExecutorOptions = { httpAllow: string; codeSteps: CodeSteps; workDir: string }

/** Everything that a step can use here, by the word in `uses`. */
export function createExecutors(options: ExecutorOptions): { byName: ReadonlyMap<string, Executor>; close: () => void } {
  const node = createNodeExecutor()
  const byName = new Map<string, Executor>([
    ['noop', noop],
    ['http', http(readAllowList(options.httpAllow))],
    ['node', node.execute],
    ['shell', shell(options.codeSteps, options.workDir)],
  ])
  return { byName, close: node.close }
}
