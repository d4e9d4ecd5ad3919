export { pauseSchedule } from './change-schedule.ts'
