export { countOpen } from './dead-letter.repository.ts'
export { redriveAll } from './redrive-dead-letter.ts'
