// What tests need to ask when a schedule fires, without a database.
export { nextAfter, type When } from './modules/schedules/when.policy.ts'
