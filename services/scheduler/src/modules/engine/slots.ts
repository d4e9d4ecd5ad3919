import type { SqlClient } from '@orrery/core'
import { ExpressionError, type Json, type Plan } from '../workflows/index.ts'
import type { Batch } from './batch.ts'
import * as repository from './engine.repository.ts'
import { allDue } from './progress.ts'
import * as places from './slots.repository.ts'
import type { Turn } from './turn.ts'

/** What a run waits for whose workflow is paused, in the place of a concurrency key. */
export const holdKey = (workflowId: string): string => `paused:${workflowId}`

/**
 * Places among the runs of one concurrency key. A run that finds none waits with nothing begun; it is woken in the
 * transaction in which a place is freed. One lock for all keys, taken after the runs' own, keeps the counts true.
 */
export class Slots {
  private readonly client: SqlClient
  private readonly batch: Batch
  private wanting: Turn[] = []
  private readonly newcomers = new Set<Turn>()
  private readonly held: Turn[] = []
  /** New runs that go on within the place of one above them. */
  private readonly lodgers: Turn[] = []
  /** Runs that this transaction gave a place: in the table they still wait. */
  private readonly granted = new Map<string, string>()
  private locked = false

  constructor(client: SqlClient, batch: Batch) {
    this.client = client
    this.batch = batch
  }

  /** Works out the key of a new run; it is held until `take`. Within a run that has a place of that key it needs none: they would wait for each other. */
  want(turn: Turn, { key, limit }: NonNullable<Plan['concurrency']>, within: ReadonlySet<string> = new Set()): void {
    try {
      const text = key.evaluate(turn.values.scope(key.steps))
      const slotKey = `${turn.state.project_id}/${typeof text === 'string' ? text : JSON.stringify(text)}`
      turn.state.slot_key = slotKey
      if (within.has(slotKey)) return this.lodge(turn)
      turn.state.slot_limit = limit
      turn.state.slot_waiting = true
      turn.due = []
      this.wanting.push(turn)
      this.newcomers.add(turn)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      turn.stop([], { status: 'failed', outcome: 'failed', error: { code: error.code, message: error.message, stepKey: null } })
    }
  }

  private lodge(turn: Turn): void {
    this.lodgers.push(turn)
    turn.startClock()
  }

  /** Lets a new run wait until its workflow is no longer paused. */
  hold(turn: Turn): void {
    turn.state.slot_key = holdKey(turn.state.workflow_id)
    turn.state.slot_limit = 0
    turn.state.slot_waiting = true
    turn.due = []
  }

  /** A run that waited may try again. */
  again(turn: Turn): void {
    if (!turn.state.slot_waiting || turn.ended) return
    if (turn.state.slot_key === holdKey(turn.state.workflow_id)) this.held.push(turn)
    else this.wanting.push(turn)
  }

  /** Lets those go on whose workflow is no longer paused. */
  private async release(): Promise<void> {
    if (this.held.length === 0) return
    const held = this.held.splice(0)
    const still = await repository.findPaused(this.client, [...new Set(held.map((turn) => turn.state.workflow_id))])
    const free = held.filter((turn) => !still.has(turn.state.workflow_id))
    const inputs = await repository.loadInputs(
      this.client,
      free.map((turn) => turn.state.run_id),
    )
    const inputOf = new Map(inputs.map((row) => [row.id, row.input]))
    for (const turn of free) {
      Object.assign(turn.state, { slot_key: null, slot_limit: null, slot_waiting: false })
      turn.values.input = inputOf.get(turn.state.run_id) as Json
      turn.due = allDue(turn.plan, turn.progress)
      if (turn.plan.concurrency) this.want(turn, turn.plan.concurrency, await this.heldAbove(turn.state.parent_run_id))
      else turn.startClock()
      this.batch.movedSlots.push(turn.state)
    }
  }

  /** Gives places to those who want one, the oldest first, as long as there are any. Who comes new passes nobody who waits already. False where nobody asked. */
  async take(): Promise<boolean> {
    await this.release()
    if (this.wanting.length === 0) return false
    await this.lock()
    const wanting = this.wanting.splice(0).sort((a, b) => (a.state.run_id < b.state.run_id ? -1 : 1))
    const keys = [...new Set(wanting.map((turn) => turn.state.slot_key ?? ''))]
    const taken = new Map((await places.countSlots(this.client, keys)).map((row) => [row.key, Number(row.taken)]))
    for (const key of this.granted.values()) taken.set(key, (taken.get(key) ?? 0) + 1)
    const waiting = (await this.findWaiting(wanting)).filter((row) => !this.granted.has(row.run_id))
    const paused = await repository.findPaused(this.client, [...new Set(wanting.map((turn) => turn.state.workflow_id))])
    for (const turn of wanting) {
      if (paused.has(turn.state.workflow_id)) continue
      const key = turn.state.slot_key ?? ''
      const count = taken.get(key) ?? 0
      const ahead = waiting.filter((row) => row.key === key && row.run_id < turn.state.run_id).length
      if (count + ahead >= (turn.state.slot_limit ?? 1)) continue
      taken.set(key, count + 1)
      turn.state.slot_waiting = false
      this.granted.set(turn.state.run_id, key)
      this.batch.slots.push({ key, run_id: turn.state.run_id })
      turn.due = allDue(turn.plan, turn.progress)
      turn.startClock()
    }
    return true
  }

  /** Who waits already where somebody comes new. Those who were called wait for nobody: one that can't be moved would hold them up for ever. */
  private async findWaiting(wanting: Turn[]): Promise<{ key: string; run_id: string }[]> {
    const limits = new Map<string, number>()
    for (const turn of wanting) {
      const { slot_key, slot_limit } = turn.state
      if (this.newcomers.has(turn)) limits.set(slot_key ?? '', Math.max(limits.get(slot_key ?? '') ?? 1, slot_limit ?? 1))
    }
    if (limits.size === 0) return []
    return places.nextForSlots(this.client, [...limits.keys()], [...limits.values()])
  }

  /** The keys of the places that a run and those that began it hold. */
  async heldAbove(run: string | null): Promise<Set<string>> {
    return new Set(run === null ? [] : (await places.heldAbove(this.client, run)).map((row) => row.key))
  }

  /** Frees the places of runs that end here and calls those who wait for them. */
  async free(ended: Turn[]): Promise<void> {
    const holders = ended.filter((turn) => turn.state.slot_key !== null && !turn.state.slot_waiting)
    if (holders.length === 0) return
    await this.lock()
    await this.passOn(holders, ended)
    const freed = new Map<string, number>()
    for (const { state } of holders) {
      this.batch.freedSlots.push(state.run_id)
      freed.set(state.slot_key ?? '', (freed.get(state.slot_key ?? '') ?? 0) + 1)
    }
    for (const { run_id } of await places.nextForSlots(this.client, [...freed.keys()], [...freed.values()])) {
      this.batch.timers.push({ delay_ms: 0, kind: 'slot', run_id, ordinal: null, payload: null })
    }
  }

  /** Where a run below goes on within a place, the place is not free before that has ended. */
  private async passOn(holders: Turn[], ended: Turn[]): Promise<void> {
    const runs = ended.map((turn) => turn.state.run_id)
    await places.passOnSlots(
      this.client,
      holders.map((turn) => turn.state),
      runs,
    )
    for (const { state, ended: over } of this.lodgers)
      if (!over && state.slot_key !== null && holders.some((turn) => turn.state.run_id === state.parent_run_id))
        this.batch.slots.push({ key: state.slot_key, run_id: state.run_id })
  }

  /** One count at a time, of places of any kind, until the end of the transaction. */
  async lock(): Promise<void> {
    if (this.locked) return
    this.locked = true
    await places.lockSlots(this.client)
  }
}
