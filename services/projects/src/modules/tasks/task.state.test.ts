import { statuses } from '@orrery/shared-types'
import { canMove, nextOf } from './task.state.ts'

describe('moves of a task', () => {
  it.each(statuses)('%s leads somewhere, never to itself', (status) => {
    expect(nextOf(status).length).toBeGreaterThan(0)
    expect(canMove(status, status)).toBe(false)
  })

  it('what was given up is queued again before it is worked on', () => {
    expect([canMove('canceled', 'in_progress'), canMove('canceled', 'queued'), canMove('done', 'canceled')]).toEqual([false, true, false])
  })
})
