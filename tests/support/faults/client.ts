import { setTimeout as pause } from 'node:timers/promises'
import type { TestUser } from '@orrery/testing'
import { tell } from './tell.ts'

export type Answer = { status: number; body: unknown }

/** Speaks to any of several replicas; goes on trying while they are away, as a client with an idempotency key may. */
export class Client {
  /** Answers that nobody may get, whatever was struck. */
  readonly complaints: string[] = []
  private readonly urls: string[]
  private readonly as: TestUser
  private readonly patienceMs: number
  private turn = 0

  constructor(urls: string[], as: TestUser, patienceMs = 120_000) {
    this.patienceMs = patienceMs
    this.urls = urls
    this.as = as
  }

  async send(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
    const end = Date.now() + this.patienceMs
    for (;;) {
      const answer = await this.once(method, path, body, key)
      if (answer && answer.status < 500) return answer
      if (answer && answer.status !== 503) this.complaints.push(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      if (Date.now() > end)
        throw new Error(`Nobody answered ${method} ${path} for ${this.patienceMs} ms: ${JSON.stringify(answer ?? null)}`)
      await pause(100)
    }
  }

  /** The body of an answer that must be a good one. */
  async ask<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
    const answer = await this.send(method, path, body, key)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body as T
  }

  private async once(method: string, path: string, body: unknown, key: string | undefined): Promise<Answer | undefined> {
    const url = this.urls[this.turn++ % this.urls.length]
    try {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${this.as.token}`, 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
        signal: AbortSignal.timeout(8000),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: await answer.json() }
    } catch (error) {
      tell(`${url} gave no answer to ${method} ${path}: ${(error as Error).message}`)
      return undefined
    }
  }
}
