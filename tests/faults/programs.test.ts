import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '@orrery/testing'
import { type Apart, startApart } from '../support/apart.ts'
import { brokenInvariants } from '../support/invariants.ts'
import { Nemesis } from '../support/nemesis.ts'
import { leaf, makeProgram, type Program, seeded } from '../support/programs.ts'

// FAULT_SECONDS and FAULT_SEED repeat or lengthen it: `pnpm faults` runs half an hour
const seconds = Number(process.env['FAULT_SECONDS'] ?? 45)
const firstSeed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000)

type Started = { seed: number; program: Program; runId: string }

async function startProgram(s: Apart, seed: number): Promise<Started> {
  const program = makeProgram(seed, s.witness.url)
  const workflowId = await s.api.publish(s.projectId, `p${seed}`, program.definition)
  const run = await s.api.run(workflowId, `p${seed}`)
  return { seed, program, runId: run.id }
}

/** Sends the signals of a program, some before anything waits for them. */
async function sendSignals(s: Apart, { program, runId }: Started, random: () => number): Promise<void> {
  for (const { name, payload } of program.signals) {
    await pause(random() * 1500)
    await s.api.send('POST', `/runs/${runId}/signals/${name}`, { payload }).catch((error: Error) => {
      if (!error.message.includes('run_ended')) throw error
    })
  }
}

async function expectEnd(s: Apart, { seed, program, runId }: Started): Promise<string | null> {
  const run = await s.api.read(runId)
  const states = Object.fromEntries(run.steps.filter((step) => step.itemIndex === null).map((step) => [step.key, step.status]))
  const found = { outcome: run.outcome, total: (run.output as { total?: number } | null)?.total ?? null, states }
  return JSON.stringify(found) === JSON.stringify(program.expected)
    ? null
    : `seed ${seed}: ${JSON.stringify(found)} instead of ${JSON.stringify(program.expected)}`
}

it(
  `random workflows end as an oracle says while processes, connections and Redis are struck down (seed ${firstSeed}, ${seconds} s)`,
  async () => {
    await using s = await startApart(2)
    const [, other] = s.schedulers
    const workers = [await s.worker(), await s.worker({ SCHEDULER_URL: other?.url ?? '' })]
    await s.api.publish(s.projectId, 'leaf', leaf)
    const random = seeded(firstSeed)
    const nemesis = new Nemesis(s, workers, random)
    const started: Started[] = []
    const signaling: Promise<void>[] = []
    const end = Date.now() + seconds * 1000
    let seed = firstSeed
    const load = (async () => {
      while (Date.now() < end) {
        const each = await startProgram(s, seed++)
        started.push(each)
        signaling.push(sendSignals(s, each, seeded(each.seed)))
        await pause(100 + random() * 300)
      }
    })()
    while (Date.now() < end) {
      await pause(1500 + random() * 2000)
      await nemesis.strike()
    }
    await load
    await Promise.all(signaling)
    const healedAt = Date.now()
    await eventually(
      'every run to end',
      async () => (await s.it.admin.query('select 1 from scheduler.runs where ended_at is null limit 1')).rows.length === 0,
      120_000,
    )
    const quietMs = Date.now() - healedAt
    await eventually(
      'the events to be stamped',
      async () => (await s.it.admin.query('select 1 from platform.outbox limit 1')).rows.length === 0,
    )
    nemesis.close()
    const hits = [...nemesis.hits].map(([fault, count]) => `${fault} ${count}`).join(', ')
    console.log(`seed ${firstSeed}: ${started.length} programs, all ended ${quietMs} ms after the last fault; ${hits}`)
    expect(await brokenInvariants(s.it)).toEqual({})
    const wrong = (await Promise.all(started.map((each) => expectEnd(s, each)))).filter((each) => each !== null)
    expect(wrong).toEqual([])
    expect(nemesis.hits.size).toBeGreaterThan(2)
  },
  (seconds + 300) * 1000,
)
