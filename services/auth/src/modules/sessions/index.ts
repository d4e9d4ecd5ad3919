export { requireSession } from './list-sessions.ts'
export { openSession } from './open-session.ts'
export { revokeSessions } from './revoke-sessions.ts'
export { rotateToken } from './rotate-token.ts'
