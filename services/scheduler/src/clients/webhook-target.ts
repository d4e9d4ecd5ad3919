import { type AllowList, checkUrl, DestinationRefused, guardedLookup } from '@orrery/core'
import { Agent, request } from 'undici'
import type { Posted } from '../modules/webhooks/index.ts'

const maxExcerptBytes = 2048
const longestMs = 15_000

/** Sends a text by POST: only where it may go, at most 15 s, no redirect followed, no more than 2 kB of the answer read. */
export const openPost =
  (allow: AllowList, timeoutMs = longestMs) =>
  async (address: string, headers: Record<string, string>, body: string): Promise<Posted> => {
    const began = performance.now()
    const durationMs = () => performance.now() - began
    const url = new URL(address)
    const signal = AbortSignal.timeout(timeoutMs)
    const agent = new Agent({ connect: { lookup: guardedLookup(url, allow) as never } })
    try {
      checkUrl(url, allow)
      const answer = await request(url, {
        method: 'POST',
        headers: { 'user-agent': 'orrery-webhooks', ...headers },
        body,
        signal,
        dispatcher: agent,
      })
      const excerpt = await readExcerpt(answer.body)
      const retryAfter = answer.headers['retry-after']
      return {
        status: answer.statusCode,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
        excerpt,
        durationMs: durationMs(),
      }
    } catch (error) {
      const failure = signal.aborted ? `${url.host} did not answer within ${timeoutMs / 1000} s` : reasonOf(error, url)
      return { failure, durationMs: durationMs() }
    } finally {
      void agent.destroy()
    }
  }

const reasonOf = (error: unknown, url: URL): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (error instanceof DestinationRefused) return error.message
  if (cause instanceof DestinationRefused) return cause.message
  return `${url.host} can't be reached: ${cause instanceof Error ? cause.message : String(cause)}`
}

/** The answer counts by its status; a body that breaks off doesn't change that. */
async function readExcerpt(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      bytes += chunk.byteLength
      if (bytes >= maxExcerptBytes) break
    }
  } catch {
    // what came is shown
  }
  return Buffer.concat(chunks).subarray(0, maxExcerptBytes).toString('utf8')
}
