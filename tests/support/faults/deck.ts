/** Faults in random order, each as often as the others: the deck is shuffled anew when it has been dealt. */
export class Deck<T> {
  private readonly all: readonly T[]
  private readonly random: () => number
  private left: T[] = []

  constructor(all: readonly T[], random: () => number) {
    this.all = all
    this.random = random
  }

  deal(): T {
    if (this.left.length === 0) this.left = [...this.all]
    const [dealt] = this.left.splice(Math.floor(this.random() * this.left.length), 1)
    if (dealt === undefined) throw new Error('The deck is empty')
    return dealt
  }

  /** Puts one that did not come off beneath the others of this round. */
  again(one: T): void {
    this.left.push(one)
  }
}
