import type { Executor } from './executor.ts'

/** Does nothing and puts out what it is told to. */
export const noop: Executor = async ({ input }) => (input as { output?: unknown }).output ?? null
