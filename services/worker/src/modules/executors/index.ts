import { readAllowList } from '@orrery/core'
import type { CodeSteps } from '../../config.ts'
import type { Executor } from './executor.ts'
import { http } from './http.ts'
import { createKeepFile, type StoreArtifact } from './keep-file.ts'
import { createNodeExecutor } from './node.ts'
import { noop } from './noop.ts'
import { shell } from './shell.ts'

export type { Executor, LogStream } from './executor.ts'
export type { StoreArtifact } from './keep-file.ts'
export { logLine } from './log-line.ts'
export { StepFailure } from './step-failure.ts'

export type ExecutorOptions = {
  httpAllow: string
  codeSteps: CodeSteps
  workDir: string
  storeArtifact: StoreArtifact
  artifactMaxBytes: number
}

/** Everything that a step can use here, by the word in `uses`. */
export function createExecutors(options: ExecutorOptions): { byName: ReadonlyMap<string, Executor>; close: () => void } {
  const node = createNodeExecutor()
  const { codeSteps, workDir, artifactMaxBytes: maxBytes } = options
  const keepFile = createKeepFile(options.storeArtifact)
  const byName = new Map<string, Executor>([
    ['noop', noop],
    ['http', http(readAllowList(options.httpAllow), { keepFile, workDir, maxBytes })],
    ['node', node.execute],
    ['shell', shell(codeSteps, workDir, keepFile)],
  ])
  return { byName, close: node.close }
}
