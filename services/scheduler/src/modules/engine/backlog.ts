/** Which pools may have ready steps that nobody has taken. Knowing that one has none saves the look. */
export class Backlog {
  private readonly empty = new Set<string>()

  mayHave(pool: string): boolean {
    return !this.empty.has(pool)
  }

  left(pool: string): void {
    this.empty.delete(pool)
  }

  exhausted(pool: string): void {
    this.empty.add(pool)
  }

  /** Somebody else may have put down work: nothing is known any more. */
  forget(): void {
    this.empty.clear()
  }
}
