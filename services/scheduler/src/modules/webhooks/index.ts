export { type Posted, standardRetryMs } from './retry.policy.ts'
export { newSecret, rotated } from './signing.ts'
