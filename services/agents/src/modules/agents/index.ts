export { getAgent } from './get-agent.ts'
export { addTally, lockReporters, type Tally } from './report-for-agents.ts'
