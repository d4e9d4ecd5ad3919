/** What an evaluation throws that has used up its budget. */
export class TooCostly extends Error {}

/** For all items of a step together. */
export const unitsOfItems = 20_000_000

/** Of all steps that one transaction begins, beyond which it leaves the others to the next: everybody else waits meanwhile. */
export const unitsOfTransaction = 10_000_000

/**
 * The work that evaluations may do together, counted in units of some 10 ns: the same expression over the same values
 * always costs the same. A call costs 10, a character that is looked at alone 1, and one that is copied or compared in bulk 1/16.
 */
export class Budget {
  private left: number

  /** As much as one value of a step may take: well under a tenth of a second. */
  constructor(units = 5_000_000) {
    this.left = units
  }

  spend(units: number): void {
    this.left -= units
    if (!(this.left >= 0)) throw new TooCostly()
  }
}

let current = new Budget()
let done = 0

/** All units that were ever spent here. */
export const unitsSpent = (): number => done

/** Evaluates on the account of a budget. */
export function onBudget<T>(budget: Budget, evaluate: () => T): T {
  const before = current
  current = budget
  try {
    return evaluate()
  } finally {
    current = before
  }
}

/** Spends from the budget of whatever is being evaluated. */
export function spend(units: number): void {
  done += units
  current.spend(units)
}
