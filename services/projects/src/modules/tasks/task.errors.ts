import { AppError } from '@orrery/core'
import type { Status } from '@orrery/shared-types'

export const moveRefused = (from: Status, to: Status, next: readonly Status[]) =>
  new AppError('conflict', 'task_move_refused', `A task that is ${from} can't become ${to}; it can become ${next.join(', ')}`)
