export { type Posted, standardRetryMs } from './retry.policy.ts'
export { newSecret } from './signing.ts'
