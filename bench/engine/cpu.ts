import { readdirSync, readFileSync } from 'node:fs'

type Process = { pid: number; parent: number; name: string; ticks: number; command: string }

const ticksPerSecond = 100

/** CPU seconds used so far by this process and all it started, those that have ended since included, by kind of process. Linux only. */
export function cpuSeconds(roots: RegExp): Record<string, number> {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => read(Number(pid)))
  const mine = new Set([process.pid, ...all.filter((each) => roots.test(each.command)).map((each) => each.pid)])
  for (let grew = true; grew; ) {
    grew = false
    for (const each of all) {
      if (mine.has(each.parent) && !mine.has(each.pid)) {
        mine.add(each.pid)
        grew = true
      }
    }
  }
  const sums: Record<string, number> = {}
  for (const each of all) {
    if (!mine.has(each.pid)) continue
    const kind = kindOf(each)
    sums[kind] = (sums[kind] ?? 0) + each.ticks / ticksPerSecond
  }
  return sums
}

function kindOf({ name, pid, command }: Process): string {
  if (/postgres/.test(name)) return 'postgres'
  if (/redis/.test(name)) return 'redis'
  if (pid === process.pid) return 'orrery'
  return /relay\.ts/.test(command) ? 'relay' : 'other'
}

function read(pid: number): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return [{ pid, parent: Number(fields[1]), name, ticks: [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0), command }]
  } catch {
    return []
  }
}

export const minus = (after: Record<string, number>, before: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([kind, seconds]) => [kind, Math.round((seconds - (before[kind] ?? 0)) * 100) / 100]))
