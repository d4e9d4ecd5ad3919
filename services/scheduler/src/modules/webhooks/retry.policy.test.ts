import { judge, type Posted, readRetryAfter, standardRetryMs } from './retry.policy.ts'

const now = new Date('2026-11-25T12:00:00.000Z')
const answered = (status: number, retryAfter: string | null = null): Posted => ({ status, retryAfter, excerpt: '', durationMs: 1 })
const after = (posted: Posted, step: number, random = 0) => judge(posted, step, standardRetryMs, random, now)

describe('after an attempt', () => {
  it('any 2xx is delivered', () => {
    for (const status of [200, 202, 204, 299]) expect(after(answered(status), 1)).toMatchObject({ status: 'delivered', error: null })
  })

  it('failures wait as Standard Webhooks recommends, ten attempts over three days', () => {
    const waits = standardRetryMs.map((_, step) => after(answered(500), step + 1).delayMs)
    expect(waits.map((ms) => ms && ms / 1000)).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, null])
    expect(after(answered(500), 10)).toMatchObject({ status: 'dead', error: 'The answer was 500' })
    expect(after({ failure: 'x can not be reached', durationMs: 1 }, 3)).toMatchObject({
      status: 'retrying',
      error: 'x can not be reached',
    })
  })

  it('are spread by up to a fifth, and never earlier', () => {
    expect(after(answered(500), 2, 0.5).delayMs).toBe(330_000)
    expect(after(answered(500), 2, 1).delayMs).toBe(360_000)
  })

  it('Retry-After puts the next one off, and never brings it forward', () => {
    expect(after(answered(429, '60'), 1).delayMs).toBe(60_000)
    expect(after(answered(503, '1'), 2).delayMs).toBe(300_000)
    expect(after(answered(503, 'Wed, 25 Nov 2026 12:10:00 GMT'), 1).delayMs).toBe(600_000)
  })

  it.each([
    ['a week', '604800', 86_400_000],
    ['nothing', null, 0],
    ['nonsense', 'soon', 0],
    ['the past', 'Wed, 25 Nov 2026 11:00:00 GMT', 0],
    ['too many digits', '9'.repeat(400), 0],
  ])('Retry-After of %s counts for what is sane', (_name, text, ms) => expect(readRetryAfter(text, now)).toBe(ms))

  it('410 ends it at once, a redirect is a failure that says so', () => {
    expect(after(answered(410), 1)).toMatchObject({ status: 'dead', gone: true })
    expect(after(answered(302), 1)).toMatchObject({ status: 'retrying', error: expect.stringContaining('redirects are not followed') })
  })
})
