export { requireActive } from './get-project.ts'
