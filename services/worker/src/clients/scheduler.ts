import type { Exchange, ExchangeAnswer } from '@orrery/shared-types'
import { Pool } from 'undici'

// twice as long as a call may wait for work: what does not come by then was lost on the way
const silentMs = 20_000

/** Calls the scheduler over HTTP with connections that stay open. */
export function createSchedulerClient(
  url: string,
  workerKey: string,
): { exchange: (call: Exchange) => Promise<ExchangeAnswer>; close: () => Promise<void> } {
  const { origin } = new URL(url)
  const pool = new Pool(origin, { connections: 8, headersTimeout: silentMs, bodyTimeout: silentMs, connectTimeout: 2000 })
  return {
    async exchange(call) {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/internal/exchange',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${workerKey}` },
        body: JSON.stringify(call),
      })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`The scheduler answered ${statusCode}: ${text.slice(0, 300)}`)
      return JSON.parse(text) as ExchangeAnswer
    },
    close: () => pool.destroy(),
  }
}
