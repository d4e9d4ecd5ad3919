/** Keeps what was used last, so many entries at most. */
export class Recent<K, V> {
  private readonly entries = new Map<K, V>()
  private readonly most: number

  constructor(most: number) {
    this.most = most
  }

  get(key: K): V | undefined {
    const value = this.entries.get(key)
    if (value === undefined) return undefined
    // a Map keeps the order in which keys came
    this.entries.delete(key)
    this.entries.set(key, value)
    return value
  }

  set(key: K, value: V): void {
    this.entries.delete(key)
    this.entries.set(key, value)
    if (this.entries.size > this.most) for (const [oldest] of this.entries) return this.delete(oldest)
  }

  delete(key: K): void {
    this.entries.delete(key)
  }
}
