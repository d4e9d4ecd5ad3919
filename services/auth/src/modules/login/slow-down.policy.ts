/** So many may fail for free; each further one doubles the wait, up to five minutes. */
export const freeFailures = { pair: 5, account: 30 } as const

export const waitSeconds = (failures: number, free: number): number => (failures < free ? 0 : Math.min(2 ** (failures - free), 300))
