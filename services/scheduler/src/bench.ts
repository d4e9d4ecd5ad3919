// What benchmarks need to drive the engine without HTTP.
export { newRunUuid, runIdOf } from './modules/engine/index.ts'
export { compileWorkflow } from './modules/workflows/plan.ts'
