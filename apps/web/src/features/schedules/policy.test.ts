import { schedule } from '../../test/fixtures.ts'
import { firstPolicy, policyOf, readPolicy } from './policy.ts'
import { fireReason } from './policy-words.ts'

it('reads back what it shows of a schedule', () => {
  const { policy } = readPolicy(policyOf({ ...schedule, catchUpWindowMs: 90_000, jitterMs: 1500 }))
  expect(policy).toEqual({ overlap: 'allow', catchUp: 'last', catchUpWindowMs: 90_000, jitterMs: 1500 })
})

it('refuses what is no time or too long, at its field', () => {
  expect(readPolicy({ ...firstPolicy, windowMinutes: '1441' })).toMatchObject({
    policy: null,
    errors: { window: 'From 0 to 1440 minutes' },
  })
  expect(readPolicy({ ...firstPolicy, jitterSeconds: '-1' }).errors).toEqual({ jitter: 'From 0 to 3600 seconds' })
  expect(Object.keys(readPolicy({ ...firstPolicy, windowMinutes: '', jitterSeconds: 'a' }).errors)).toEqual(['window', 'jitter'])
})

it('says why a tick came to nothing, and that a waiting one will start', () => {
  expect(fireReason({ outcome: 'fired', reason: null })).toBeNull()
  expect(fireReason({ outcome: 'skipped', reason: 'previous_running' })).toBe('an earlier run was still going')
  expect(fireReason({ outcome: 'waiting', reason: null })).toBe('starts when the earlier run has ended')
})
