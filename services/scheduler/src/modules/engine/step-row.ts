import type { LiveRow, StepRow } from './rows.ts'

export type StepPlace = Partial<LiveRow> & { ordinal: number; node: number }

/** The row of a step that ends now, done unless somebody says otherwise. What never began has no times of its own. */
export const stepRow = (run: string, row: StepPlace, now: string): StepRow => ({
  run_id: run,
  ordinal: row.ordinal,
  node: row.node,
  item: row.item ?? null,
  status: 'done',
  skipped: false,
  attempt: row.attempt ?? 0,
  queued_at: row.queued_at ?? now,
  started_at: row.started_at ?? null,
  ended_at: now,
  input: row.input ?? null,
  output: null,
  error: null,
})
