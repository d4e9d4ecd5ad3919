export { updateHook } from './change-hook.ts'
