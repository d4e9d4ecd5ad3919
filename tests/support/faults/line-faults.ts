import { setTimeout as pause } from 'node:timers/promises'
import type { TcpProxy } from '@orrery/testing'
import { type Fault, type Field, fault, withOne } from './field.ts'
import type { LineName, PartKind } from './part.ts'

/** The lines that are struck, and who is at their near end. */
const lines: { name: string; line: LineName; of: PartKind[] }[] = [
  { name: 'line to the scheduler', line: 'scheduler', of: ['worker'] },
  { name: 'line to PostgreSQL', line: 'database', of: ['scheduler', 'scheduler', 'realtime-gateway'] },
  { name: 'line to Redis', line: 'redis', of: ['scheduler', 'worker', 'realtime-gateway'] },
]

const onLine = (what: string, strike: (proxy: TcpProxy, field: Field) => Promise<void>): Fault[] =>
  lines.map(({ name, line, of }) =>
    fault(`${name} ${what}`, (field) =>
      withOne(field, of[Math.floor(field.random() * of.length)] as PartKind, async (part) => {
        const proxy = part.lines[line]
        if (!proxy || proxy.count() === 0) return false
        await strike(proxy, field)
        return true
      }),
    ),
  )

export const cuts = onLine('cut', async (proxy) => proxy.cut())

export const delays = onLine('slow', async (proxy, { random }) => {
  proxy.delay(200)
  await pause(2000 + random() * 2000)
  proxy.heal()
})

/** Half-open: both ends believe in connections through which nothing comes any more. */
export const silences = onLine('silent', async (proxy, { random }) => {
  proxy.beSilent()
  await pause(2000 + random() * 3000)
  proxy.heal()
})
