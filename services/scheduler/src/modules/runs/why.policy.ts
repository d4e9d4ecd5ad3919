import type { Outcome, RunSummary, WhyRun } from '@orrery/shared-types'
import type { Plan } from '../workflows/index.ts'
import type { LiveStep, PoolState, QueueState, SlotState } from './run.repository.ts'

/** A step that has not ended, with the name of its queue as people know it, and what it asks of them. */
type WaitingStep = LiveStep & { queue: string; asked: Asked | null }
type Asked = { title: string; role: string; expiresMs: number | null; onExpire: 'reject' | 'approve' }
export type Facts = {
  run: RunSummary
  plan: Plan
  /** Why its version can't be run by this release; null where it can. */
  unreadable: string | null
  /** How a run will end that was stopped and runs its last steps; null while nobody stopped it. */
  stopped: Outcome | null
  live: WaitingStep[]
  slot: SlotState | null
  pools: PoolState[]
  children: { id: string; ordinal: number | null }[]
  bounds: QueueState[]
  now: Date
  /** How long a worker may be silent. */
  leaseMs: number
}

type Reason = { sentence: string; action: string | null; since: string | null; stepKey: string | null }

const silentMs = 45_000

/** What holds a run up, the most telling first: a slot, then what nobody takes, then what is under way. */
export function explain(facts: Facts): WhyRun {
  const { run, slot, now } = facts
  if (run.endedAt !== null) return whole(run, [endReason(run)])
  if (facts.unreadable !== null) return whole(run, [versionReason(facts.unreadable, run)])
  if (slot) return whole(run, [slot.limit === 0 || slot.pausedAt !== null ? pauseReason(run, slot) : slotReason(slot)])
  // what somebody here can end comes before what has to be asked of another run
  const isChild = (step: WaitingStep) => Number(facts.plan.nodes[step.node]?.uses === 'workflow')
  const reasons = facts.live.toSorted((a, b) => isChild(a) - isChild(b)).map((step) => stepReason(step, facts))
  if (reasons.length === 0)
    reasons.push({ sentence: 'The engine is deciding its next step.', action: null, since: now.toISOString(), stepKey: null })
  reasons.sort((a, b) => rank(a) - rank(b))
  return whole(run, facts.stopped === null ? reasons : reasons.map((reason) => lastReason(reason, facts.stopped)))
}

function lastReason(reason: Reason, stopped: Outcome | null): Reason {
  const why = stopped === 'timeout' ? 'The time of the run is up, and it' : 'The run was canceled and'
  return {
    ...reason,
    sentence: `${why} runs what follows even then. ${reason.sentence}`,
    action: reason.action ?? 'Wait, or cancel it again to end it at once.',
  }
}

function endReason({ outcome, endedAt, error }: RunSummary): Reason {
  const about = { since: endedAt, stepKey: error?.stepKey ?? null }
  if (!error) return { ...about, sentence: `The run ended ${outcome} at ${endedAt}.`, action: null }
  const where = error.stepKey === null ? '' : ` in step ${error.stepKey}`
  const sentence = `The run ended ${outcome} at ${endedAt}${where}: ${error.message.slice(0, 300)} (${error.code}).`
  return { ...about, sentence, action: 'Mend the cause and retry the run, or fork it from a step.' }
}

function versionReason(unreadable: string, { createdAt }: RunSummary): Reason {
  const action = 'Start the release of Orrery that published this version, or cancel the run.'
  return { sentence: `${unreadable.replace(/\.$/, '')}. The run stays where it is.`, action, since: createdAt, stepKey: null }
}

function pauseReason({ workflowName }: RunSummary, { pausedAt }: SlotState): Reason {
  if (pausedAt === null) return { sentence: `${workflowName} was resumed; the run begins now.`, action: null, since: null, stepKey: null }
  const sentence = `The workflow ${workflowName} is paused since ${pausedAt}; its new runs wait.`
  return { sentence, action: `Resume the workflow ${workflowName}, or cancel the run.`, since: pausedAt, stepKey: null }
}

function slotReason({ key, limit, holders, ahead }: SlotState): Reason {
  const about = { since: null, stepKey: null }
  if (holders.length < limit && ahead === 0)
    return { ...about, sentence: `There is a place of the concurrency key ${key}; the run begins now.`, action: null }
  const held = holders.length === 0 ? '' : `, held by the run${holders.length === 1 ? '' : 's'} ${holders.join(', ')}`
  const queue = ahead === 0 ? '' : `; ${ahead === 1 ? '1 run that waits longer comes' : `${ahead} runs that wait longer come`} before it`
  return {
    ...about,
    sentence: `It waits for one of ${limit} places of the concurrency key ${key}${held}${queue}.`,
    action:
      ahead === 0
        ? `Wait, or cancel ${holders[0] ?? 'a run that holds a place'}.`
        : 'Wait, or publish a version with a higher limit: it holds for those who wait, too.',
  }
}

function stepReason(step: WaitingStep, facts: Facts): Reason {
  const node = facts.plan.nodes[step.node]
  const name = step.item === null ? (node?.key ?? '') : `${node?.key}[${step.item}]`
  const about = { stepKey: node?.key ?? null }
  if (step.state === 1) return runningReason(step, name, facts)
  if (step.state === 3) return { ...about, sentence: `Item ${name} waits for room among its siblings.`, action: null, since: step.queuedAt }
  if (step.state === 2 && step.startedAt !== null) return waitReason(step, name, facts)
  if (step.state === 2 || Date.parse(step.readyAt) > facts.now.getTime())
    return {
      ...about,
      sentence: `Step ${name} failed in attempt ${step.attempt} and is tried again at ${step.readyAt}.`,
      action: 'Wait, or cancel the run.',
      since: step.queuedAt,
    }
  return queueReason(step, name, facts)
}

/** A worker says once a second that it lives; each time the lease lasts anew. */
function runningReason(step: WaitingStep, name: string, { plan, now, leaseMs }: Facts): Reason {
  const stepKey = plan.nodes[step.node]?.key ?? null
  const runs = `Step ${name} runs since ${step.startedAt}, attempt ${step.attempt}`
  const spentMs = Date.parse(step.startedAt ?? '') + step.timeoutMs
  if (now.getTime() > spentMs)
    return {
      stepKey,
      sentence: `${runs}, longer than its timeout of ${step.timeoutMs} ms; at ${new Date(spentMs + leaseMs / 2).toISOString()} it is taken from its worker.`,
      action: `Wait until then, or see what the worker for ${step.queue} does.`,
      since: step.startedAt,
    }
  const heardMs = Date.parse(step.leaseUntil ?? '') - leaseMs
  if (!(now.getTime() - heardMs > leaseMs / 2)) return { stepKey, sentence: `${runs}.`, action: null, since: step.startedAt }
  const since = new Date(heardMs).toISOString()
  const then = plan.nodes[step.node]?.unsafe
    ? 'it is given up, since it is unsafe to repeat'
    : step.lost >= 2
      ? 'it is given up, as the third worker that was lost over it'
      : 'the step goes to another one'
  return {
    stepKey,
    since,
    sentence: `${runs}, but its worker has said nothing since ${since}; at ${step.leaseUntil} ${then}.`,
    action: `Wait until then, or see whether a worker for ${step.queue} still runs.`,
  }
}

function waitReason(step: WaitingStep, name: string, { plan, children }: Facts): Reason {
  const node = plan.nodes[step.node]
  const about = { stepKey: node?.key ?? null, since: step.startedAt }
  const { signal, until, duration } = (step.input ?? {}) as { signal?: string; until?: string; duration?: string | number }
  if (node?.uses === 'workflow') {
    const child = children.find((each) => each.ordinal === step.ordinal)
    return {
      ...about,
      sentence: `Step ${name} waits for the run ${child?.id ?? 'that it started'}.`,
      action: child ? `See why ${child.id} has not ended.` : null,
    }
  }
  if (step.asked) return approvalReason(step, step.asked, name, about)
  if (signal !== undefined)
    return {
      ...about,
      sentence: `Step ${name} waits for the signal ${signal} since ${step.startedAt}.`,
      action: `Send the signal ${signal}, or cancel the run.`,
    }
  const end = until ?? (step.startedAt === null ? '' : `${String(duration)} after ${step.startedAt}`)
  return { ...about, sentence: `Step ${name} waits until ${end}.`, action: 'Wait, or cancel the run.' }
}

function approvalReason(step: WaitingStep, asked: Asked, name: string, about: Pick<Reason, 'stepKey' | 'since'>): Reason {
  const { title, role, expiresMs, onExpire } = asked
  const until =
    expiresMs === null
      ? ''
      : `, until ${new Date(Date.parse(step.startedAt ?? '') + expiresMs).toISOString()}; then it is ${onExpire === 'approve' ? 'approved' : 'rejected'}`
  return {
    ...about,
    sentence: `Step ${name} waits since ${step.startedAt} for somebody with the role ${role} to approve “${title}”${until}.`,
    action: 'Approve or reject it, or cancel the run.',
  }
}

/** Somebody paused its queue, or as many steps of it run as may. */
function boundReason(step: WaitingStep, name: string, { bounds }: Facts): Reason | null {
  const { queue } = step
  const about = { stepKey: null, since: step.readyAt }
  for (const { name: of, pausedAt, limit, running, ofProject } of bounds.filter((each) => each.name === queue || each.name === '*')) {
    const what = of === '*' ? 'All queues of this project are' : `${sentenceCase(called(of))} is`
    const resume = of === '*' ? 'Resume the queues of the project.' : `Resume ${called(of)}.`
    if (pausedAt !== null)
      return { ...about, since: pausedAt, sentence: `${what} paused since ${pausedAt}; step ${name} is ready and waits.`, action: resume }
    if (limit !== null && running >= limit) {
      const where = of === '*' ? 'this project' : ofProject ? `${called(of)} in this project` : called(of)
      const sentence = `Step ${name} is ready since ${step.readyAt}; ${running} steps of ${where} run, and its limit is ${limit}.`
      return { ...about, sentence, action: 'Wait, or raise the limit.' }
    }
  }
  return null
}

/** Nobody takes it: nobody is there for its pool, or all are busy. */
function queueReason(step: WaitingStep, name: string, facts: Facts): Reason {
  const bound = boundReason(step, name, facts)
  if (bound) return bound
  const { pools, now } = facts
  const pool = pools.find((each) => each.pool === step.pool)
  const { queue } = step
  const about = { stepKey: null, since: step.readyAt }
  const seen = pool?.lastSeenAt ?? null
  if (seen === null)
    return {
      ...about,
      sentence: `No worker has ever taken from ${called(queue)}; step ${name} is ready since ${step.readyAt}.`,
      action: `Start a worker for ${queue}.`,
    }
  if (now.getTime() - Date.parse(seen) > silentMs)
    return {
      ...about,
      sentence: `No worker for ${called(queue)} since ${seen}; step ${name} is ready since ${step.readyAt}.`,
      action: `Start a worker for ${queue}.`,
    }
  return {
    ...about,
    sentence: `Step ${name} is ready since ${step.readyAt} and waits for a free worker of ${called(queue)}, where ${stepsOf(pool?.ready ?? 0)} wait${pool?.ready === 1 ? 's' : ''}.`,
    action: `Wait, or start another worker for ${queue}.`,
  }
}

/** A queue as one speaks of it. */
const called = (queue: string) => (queue.startsWith('queue:') ? queue : `the queue ${queue}`)
const sentenceCase = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const stepsOf = (count: number) => (count === 1 ? '1 step' : `${count} steps`)

const rank = (reason: Reason) => (reason.action === null ? 1 : 0)

const whole = (run: RunSummary, reasons: Reason[]): WhyRun => ({
  status: run.status,
  sentence: reasons[0]?.sentence ?? '',
  action: reasons[0]?.action ?? null,
  reasons: reasons.slice(0, 50),
})
