/** What a step can use: where it runs, and what its `with` may and must say. */
export type Executor = { pool: string | null; required: readonly string[]; optional: readonly string[]; defaultTimeoutMs: number }

const minute = 60_000
export const executors: Record<string, Executor> = {
  noop: { pool: 'default', required: [], optional: ['output'], defaultTimeoutMs: minute },
  http: { pool: 'default', required: ['url'], optional: ['method', 'headers', 'body', 'query', 'expect'], defaultTimeoutMs: minute },
  node: { pool: 'code', required: ['code'], optional: ['input'], defaultTimeoutMs: 10_000 },
  shell: { pool: 'code', required: ['run'], optional: ['env', 'input'], defaultTimeoutMs: 10 * minute },
  // runs a workflow of the same project as a child; no worker is held meanwhile
  workflow: { pool: null, required: ['workflow'], optional: ['input'], defaultTimeoutMs: 24 * 60 * minute },
}
