/** So many days back the ledger knows of each tick whether it fired. */
export const keepDays = 90

export const horizonOf = (now: Date): Date => new Date(now.getTime() - keepDays * 86_400_000)
