import { schedule } from '../../test/fixtures.ts'
import { firstPolicy, policyOf, readPolicy } from './policy.ts'
import { fireReason } from './policy-words.ts'

it('reads back what it shows of a schedule', () => {
  const { policy } = readPolicy(policyOf({ ...schedule, catchUpWindowMs: 90_000, jitterMs: 1500 }))
  expect(policy).toEqual({ overlap: 'allow', catchUp: 'last', catchUpWindowMs: 90_000, jitterMs: 1500 })
})

it('shows a window in days, hours or minutes, whichever it is a whole number of', () => {
  const shown = (catchUpWindowMs: number) => {
    const { window, windowUnit } = policyOf({ ...schedule, catchUpWindowMs })
    return `${window} ${windowUnit}`
  }
  expect([0, 5_400_000, 7_200_000, 3 * 86_400_000].map(shown)).toEqual(['0 m', '90 m', '2 h', '3 d'])
  expect(readPolicy(firstPolicy).policy?.catchUpWindowMs).toBe(3 * 86_400_000)
})

it('refuses what is no time or too long, at its field', () => {
  expect(readPolicy({ ...firstPolicy, window: '31.1' })).toMatchObject({
    policy: null,
    errors: { window: 'From 0 to 31 days' },
  })
  expect(readPolicy({ ...firstPolicy, jitterSeconds: '-1' }).errors).toEqual({ jitter: 'From 0 to 3600 seconds' })
  expect(Object.keys(readPolicy({ ...firstPolicy, window: '', jitterSeconds: 'a' }).errors)).toEqual(['window', 'jitter'])
})

it('says why a tick came to nothing, and that a waiting one will start', () => {
  expect(fireReason({ outcome: 'fired', reason: null, backfill: false })).toBeNull()
  expect(fireReason({ outcome: 'skipped', reason: 'previous_running', backfill: false })).toBe('an earlier run was still going')
  expect(fireReason({ outcome: 'waiting', reason: null, backfill: false })).toBe('starts when the earlier run has ended')
  expect(fireReason({ outcome: 'waiting', reason: null, backfill: true })).toContain('its turn')
})
