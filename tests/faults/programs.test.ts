import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '@orrery/testing'
import { missingChanges, watchPlaces } from '../support/faults/acknowledged.ts'
import { idleParts } from '../support/faults/alive.ts'
import { type Battle, logOf, openBattle } from '../support/faults/battle.ts'
import { wrongEffects } from '../support/faults/effects.ts'
import { grown, type Holdings, holdings } from '../support/faults/growth.ts'
import { publish, type Started, startPrograms } from '../support/faults/load.ts'
import { Nemesis } from '../support/faults/nemesis.ts'
import { unlike } from '../support/faults/observer.ts'
import { changedSince, judge, type Outcomes, readEnds } from '../support/faults/outcomes.ts'
import { waitForQuiet } from '../support/faults/quiet.ts'
import { pauseSchedules, startSchedules, wrongFires } from '../support/faults/schedules.ts'
import { tell } from '../support/faults/tell.ts'
import { brokenInvariants } from '../support/invariants.ts'
import { placesOfKey, seeded } from '../support/programs.ts'

// FAULT_SECONDS and FAULT_SEED repeat or lengthen it: `pnpm faults` runs half an hour
const seconds = Number(process.env['FAULT_SECONDS'] ?? 180)
const firstSeed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000)
const endWithinMs = 120_000

/** Load, observers and faults at once, until the time is over and everything is healed and quiet. */
async function fight(battle: Battle, nemesis: Nemesis) {
  const { it, client, projectId, witness, field } = battle
  const with_ = { client, projectId, witness: witness.url, random: seeded(firstSeed + 1) }
  const tick = await publish(with_, 'tick', { steps: { a: { uses: 'noop' } } })
  const schedules = await startSchedules(client, projectId, tick)
  const places = it.use(watchPlaces(it, placesOfKey))
  const before = await holdings(field)
  const until = Date.now() + seconds * 1000
  const [started] = await Promise.all([startPrograms(with_, firstSeed, until), nemesis.rage(until), battle.cutObservers(until)])
  const healedAt = Date.now()
  tell('all faults are healed')
  await pauseSchedules(client, it, schedules)
  await waitForQuiet(it, client, endWithinMs)
  const quietMs = Date.now() - healedAt
  tell('all runs have ended')
  const idle = await idleParts(field, battle.owner, tick)
  await waitForQuiet(it, client, endWithinMs)
  return { started, schedules, places, before, quietMs, idle }
}

/** What is wrong by each of the checks; only those that found something. */
async function findWrongs(battle: Battle, fought: Awaited<ReturnType<typeof fight>>) {
  const { it, client, witness, observers, field } = battle
  tell('looking for what is wrong')
  const log = await logOf(battle)
  await eventually('the observers to hear the end', () => observers.every((each) => each.heard.at(-1) === log.at(-1)), 60_000).catch(
    () => undefined,
  )
  tell('the observers have heard it')
  const calls = witness.seen.length
  const ends = await readEnds(client, fought.started)
  tell('the ends are read')
  await pause(field.leaseMs)
  const after = await holdings(field)
  const outcomes = judge(ends)
  const fires = await wrongFires(it, fought.schedules)
  const broken = await brokenInvariants(it)
  tell('the database is looked through')
  const wrongs: Record<string, unknown[]> = {
    'what the database must not hold': Object.entries(broken),
    'ends unlike the oracle': outcomes.wrong,
    'ends that changed': changedSince(ends, await readEnds(client, fought.started)),
    'acknowledged changes': await missingChanges(it, fought.started),
    effects: wrongEffects(ends, witness.seen),
    'calls after everything had ended': witness.seen.slice(calls),
    'places of concurrency keys': fought.places.broken,
    observers: observers.flatMap((each) => unlike(each.heard, log) ?? []),
    'what observers were told': observers.flatMap((each) => each.complaints),
    'answers to clients': client.complaints,
    'ticks of schedules': fires.wrong,
    'parts that do nothing': fought.idle,
    'what grew': grown(after),
    logs: field.parts.flatMap((part) => part.complaints),
  }
  for (const [name, found] of Object.entries(wrongs)) if (found.length === 0) delete wrongs[name]
  return { wrongs, outcomes, log, ticks: fires.ticks, after }
}

type Report = { started: Started[]; outcomes: Outcomes; nemesis: Nemesis; battle: Battle; quietMs: number; events: number; ticks: number }

function report({ started, outcomes, nemesis, battle, quietMs, events, ticks }: Report, before: Holdings, after: Holdings): string {
  const repeated = [...Map.groupBy(started, (each) => each.way)]
    .flatMap(([way, runs]) => (way ? `${runs.length} by ${way}` : []))
    .join(', ')
  const cuts = battle.observers.reduce((sum, each) => sum + each.cuts, 0)
  return [
    `seed ${firstSeed}, ${seconds} s: ${started.length} programs (of these ${repeated || 'none repeated'}), ${outcomes.asPredicted} as predicted (${outcomes.canceled} canceled), ${outcomes.givenUp} given up after three lost workers`,
    `all ended ${quietMs} ms after the last fault; ${battle.witness.seen.length} calls outside, ${events} events heard by ${battle.observers.length} observers cut ${cuts} times, ${ticks} ticks of schedules`,
    `faults that hit: ${nemesis.text}`,
    `at the start ${JSON.stringify(before)}, at the end ${JSON.stringify(after)}`,
  ].join('\n')
}

/** Gives up in time to clear away: jest would leave every process behind. */
function within<T>(timeoutS: number, work: Promise<T>): Promise<T> {
  const alarm = new AbortController()
  const late = pause(timeoutS * 1000, undefined, { signal: alarm.signal }).then(() => {
    throw new Error(`It took longer than ${timeoutS} s`)
  })
  return Promise.race([work, late])
    .catch((error: unknown) => {
      // what clearing away finds broken as well would hide it
      console.error(error)
      throw error
    })
    .finally(() => alarm.abort())
}

it(
  `random workflows end as an oracle says while everything around them is struck down (seed ${firstSeed}, ${seconds} s)`,
  async () => {
    await using battle = await openBattle(seeded(firstSeed))
    const nemesis = new Nemesis(battle.field)
    const fought = await within(seconds + 260, fight(battle, nemesis))
    const { wrongs, outcomes, log, ticks, after } = await within(160, findWrongs(battle, fought))
    console.log(report({ ...fought, outcomes, nemesis, battle, events: log.length, ticks }, fought.before, after))
    expect(wrongs).toEqual({})
    expect(outcomes.asPredicted).toBeGreaterThanOrEqual(fought.started.length * 0.95)
    // a point in the code is met when its moment comes: on a slow machine one or two may not come in three minutes
    const missed = nemesis.never.filter((fault) => !/killed (after|before)-/.test(fault))
    if (seconds >= 120) expect([missed, nemesis.never.length <= 2]).toEqual([[], true])
  },
  (seconds + 460) * 1000,
)
