export { startRun } from './create-run.ts'
