// What benchmarks need to drive the engine without HTTP.
export { newRunUuid, runIdOf } from './modules/engine/index.ts'
export { listRuns } from './modules/runs/list-runs.ts'
export { compileWorkflow } from './modules/workflows/plan.ts'
