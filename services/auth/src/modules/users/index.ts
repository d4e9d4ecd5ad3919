export { ensureAdmin } from './ensure-admin.ts'
export { type Account, findAccount, presentUser } from './find-account.ts'
export { emailKeyOf } from './identity.policy.ts'
export { verifyPassword } from './password.ts'
