import { setTimeout as pause } from 'node:timers/promises'
import { Deck } from './deck.ts'
import type { Fault, Field } from './field.ts'
import { cuts, delays, silences } from './line-faults.ts'
import { kills, points, stops } from './process-faults.ts'
import { databaseFaults, redisFaults, redisFull } from './server-faults.ts'
import { tell } from './tell.ts'

/** Over in a moment, or as soon as what was struck is back. */
const short: Fault[] = [...kills, ...databaseFaults, ...redisFaults, ...cuts]
/** Going on for a while, beside the short ones. */
const long: Fault[] = [...stops, redisFull, ...delays, ...silences]

const allFaults: readonly string[] = [...short, ...long, ...points].map((each) => each.name)

/** Strikes from three shuffled decks at a time until it is stopped, heals what it did, and counts what hit. */
export class Nemesis {
  readonly hits = new Map<string, number>()
  readonly misses = new Map<string, number>()
  private readonly field: Field

  constructor(field: Field) {
    this.field = field
  }

  async rage(until: number): Promise<void> {
    await Promise.all([
      this.dealFrom(short, until, 700, 1800),
      this.dealFrom(long, until, 300, 1000),
      this.dealFrom(points, until, 300, 1000),
    ])
    for (const part of this.field.parts) for (const line of Object.values(part.lines)) line.heal()
    await this.field.redis.config('SET', 'maxmemory', '0')
  }

  private async dealFrom(faults: Fault[], until: number, shortestMs: number, longestMs: number): Promise<void> {
    const { random } = this.field
    const deck = new Deck(faults, random)
    while (Date.now() < until) {
      const dealt = deck.deal()
      const began = Date.now()
      const hit = await dealt.strike(this.field).catch((error: unknown) => {
        throw new Error(`The nemesis could not do: ${dealt.name}`, { cause: error })
      })
      tell(`${dealt.name}: ${hit ? 'hit' : 'missed'} in ${Date.now() - began} ms`)
      const counts = hit ? this.hits : this.misses
      counts.set(dealt.name, (counts.get(dealt.name) ?? 0) + 1)
      if (!hit) deck.again(dealt)
      await pause(shortestMs + random() * (longestMs - shortestMs))
    }
  }

  get text(): string {
    return allFaults.map((name) => `${name} ${this.hits.get(name) ?? 0}`).join(', ')
  }

  /** Kinds of faults that never hit. */
  get never(): string[] {
    return allFaults.filter((name) => !this.hits.has(name))
  }
}
