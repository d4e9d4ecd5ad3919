export { cancelRun } from './cancel-run.ts'
export { lettersClosed, startRun } from './create-run.ts'
export { forkRun, retryRun } from './repeat-run.ts'
