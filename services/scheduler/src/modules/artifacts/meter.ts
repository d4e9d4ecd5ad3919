import { createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'

/** Lets bytes through, counts and hashes them; breaks off beyond a limit, and when nothing comes for a while. */
export class Meter extends Transform {
  private readonly hash = createHash('sha256')
  private readonly limit: number
  private readonly beyond: () => Error
  private readonly silence: NodeJS.Timeout
  bytes = 0

  constructor(limit: number, beyond: () => Error, silentForMs = 60_000) {
    super()
    this.silence = setTimeout(() => this.destroy(new Error(`Nothing came for ${silentForMs} ms`)), silentForMs)
    this.silence.unref()
    this.limit = limit
    this.beyond = beyond
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.silence.refresh()
    this.bytes += chunk.length
    if (this.bytes > this.limit) return done(this.beyond())
    this.hash.update(chunk)
    done(null, chunk)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.silence)
    done(error)
  }

  /** Of all that went through; asked once, at the end. */
  sha256(): string {
    return this.hash.digest('hex')
  }
}
