import type { Readable } from 'node:stream'
import { AppError } from '@orrery/core'
import type { ArtifactUpload, Exchange, ExchangeAnswer, Problem, StoredArtifact } from '@orrery/shared-types'
import { Pool } from 'undici'

export type SchedulerClient = {
  exchange: (call: Exchange) => Promise<ExchangeAnswer>
  storeArtifact: (upload: ArtifactUpload, body: Readable) => Promise<StoredArtifact>
  close: () => Promise<void>
}

// twice as long as a call may wait for work: what does not come by then was lost on the way
const silentMs = 20_000

/** Calls the scheduler over HTTP with connections that stay open. */
export function createSchedulerClient(url: string, workerKey: string): SchedulerClient {
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
    async storeArtifact({ stepId, attempt, name, sizeBytes, sha256 }, body) {
      const answer = await pool.request({
        method: 'PUT',
        path: `/internal/artifacts/${stepId}/${attempt}?name=${encodeURIComponent(name)}`,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(sizeBytes),
          'x-artifact-sha256': sha256,
          authorization: `Bearer ${workerKey}`,
        },
        body,
      })
      const text = await answer.body.text()
      if (answer.statusCode === 201) return JSON.parse(text) as StoredArtifact
      throw refusal(answer.statusCode, text)
    },
    close: () => pool.destroy(),
  }
}

/** What the scheduler refuses for good is told from what may go better another time. */
function refusal(status: number, text: string): Error {
  if (status !== 409 && status !== 422) return new Error(`The scheduler answered ${status}: ${text.slice(0, 300)}`)
  const { code, detail } = JSON.parse(text) as Problem
  return new AppError(status === 409 ? 'conflict' : 'invalid', code, detail)
}
