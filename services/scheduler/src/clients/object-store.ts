import type { Readable } from 'node:stream'

export type ByteRange = { from: number; to: number }
export type StoredObject = { key: string; modifiedAt: Date }

/** Keeps bytes under a key. Streams in both directions: no object is ever held in memory. */
export type ObjectStore = {
  /** All of it or nothing: where the body breaks off or `signal` ends it, no object is left. */
  put: (key: string, body: Readable, signal?: AbortSignal) => Promise<void>
  /** The bytes, or those from `from` to `to`, both included. Null where there is no such object. */
  get: (key: string, range?: ByteRange) => Promise<Readable | null>
  /** Says nothing of keys that lead nowhere. */
  remove: (keys: readonly string[]) => Promise<void>
  /** Every object whose key begins so, in pages. */
  list: (prefix: string) => AsyncIterable<StoredObject[]>
  /** Clears away what puts left behind whose process died before they ended. */
  clearUnfinished: (begunBefore: Date) => Promise<void>
  close: () => Promise<void>
}
