export { cancelRun } from './cancel-run.ts'
export { startRun } from './create-run.ts'
export { forkRun, retryRun } from './repeat-run.ts'
