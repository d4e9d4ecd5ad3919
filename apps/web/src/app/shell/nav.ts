import { Activity, Bot, CalendarClock, FolderKanban, House, Play, Rows3, Webhook, Workflow } from 'lucide-react'

export const places = [
  { to: '/', name: 'Overview', Icon: House, key: 'o', group: 0 },
  { to: '/projects', name: 'Projects', Icon: FolderKanban, key: 'p', group: 0 },
  { to: '/runs', name: 'Runs', Icon: Play, key: 'r', group: 1 },
  { to: '/workflows', name: 'Workflows', Icon: Workflow, key: 'w', group: 1 },
  { to: '/schedules', name: 'Schedules', Icon: CalendarClock, key: 's', group: 1 },
  { to: '/agents', name: 'Agents', Icon: Bot, key: 'a', group: 2 },
  { to: '/webhooks', name: 'Webhooks', Icon: Webhook, key: 'h', group: 3 },
  { to: '/queues', name: 'Queues', Icon: Rows3, key: 'q', group: 3 },
  { to: '/system', name: 'System', Icon: Activity, key: 'y', group: 3 },
] as const

/** Places within a place, that the palette leads to. */
export const innerPlaces = [
  { to: '/schedules/calendar', name: 'Calendar of fires' },
  { to: '/queues/dead-letters', name: 'Dead letters' },
  { to: '/webhooks/hooks', name: 'Incoming hooks' },
] as const

/** What the palette and the empty corners offer to make. */
export const makings = [
  { to: '/workflows/new', name: 'New workflow' },
  { to: '/schedules/new', name: 'New schedule' },
  { to: '/projects/new', name: 'New project' },
  { to: '/agents/new', name: 'Add agent' },
  { to: '/webhooks/new', name: 'New webhook' },
  { to: '/webhooks/hooks/new', name: 'New hook' },
] as const
