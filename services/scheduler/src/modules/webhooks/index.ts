export { updateWebhook } from './change-webhook.ts'
export { type Posted, standardRetryMs } from './retry.policy.ts'
export { newSecret, rotated } from './signing.ts'
