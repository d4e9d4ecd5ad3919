/** The members of one ring among steps that need each other, or undefined. `needs[i]` lists what i needs. */
export function findCycle(needs: readonly (readonly number[])[]): number[] | undefined {
  const state = new Array<'open' | 'done' | undefined>(needs.length)
  const path: number[] = []
  const visit = (index: number): number[] | undefined => {
    if (state[index] === 'done') return undefined
    if (state[index] === 'open') return [...path.slice(path.indexOf(index)), index]
    state[index] = 'open'
    path.push(index)
    for (const need of needs[index] ?? []) {
      const cycle = visit(need)
      if (cycle) return cycle
    }
    path.pop()
    state[index] = 'done'
    return undefined
  }
  for (let i = 0; i < needs.length; i++) {
    const cycle = visit(i)
    if (cycle) return cycle
  }
  return undefined
}

/** Every ring that has a step which stands in none of the others. */
export function findCycles(needs: readonly (readonly number[])[]): number[][] {
  const found: number[][] = []
  const left = [...needs]
  for (let cycle = findCycle(left); cycle; cycle = findCycle(left)) {
    found.push(cycle)
    for (const index of cycle) left[index] = []
  }
  return found
}

/** For each step all that has ended before it can begin: what it needs, what that needs, and what `also` adds. There is no ring. */
export function reach(needs: readonly (readonly number[])[], also: (index: number) => readonly number[]): Set<number>[] {
  const known = new Map<number, Set<number>>()
  const of = (index: number): Set<number> => {
    const found = known.get(index)
    if (found) return found
    const set = new Set<number>(also(index))
    for (const need of needs[index] ?? []) {
      set.add(need)
      for (const each of of(need)) set.add(each)
    }
    known.set(index, set)
    return set
  }
  return needs.map((_, index) => of(index))
}
