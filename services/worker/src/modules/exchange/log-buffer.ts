import type { LogBatch } from '@orrery/shared-types'
import { type LogStream, logLine } from '../executors/index.ts'

const maxLines = 10_000

/** Log lines of one attempt until they are sent. Beyond its limit a step's lines are counted, not kept. */
export class LogBuffer {
  private readonly stepId: LogBatch['stepId']
  private readonly attempt: number
  private lines: LogBatch['lines'] = []
  private count = 0

  constructor(stepId: LogBatch['stepId'], attempt: number) {
    this.stepId = stepId
    this.attempt = attempt
  }

  add(stream: LogStream, text: string): void {
    this.count += 1
    if (this.count <= maxLines) this.lines.push({ at: new Date().toISOString(), stream, text: logLine(text).replaceAll('\0', '�') })
    else if (this.count === maxLines + 1)
      this.lines.push({ at: new Date().toISOString(), stream: 'system', text: `Further lines are not kept: a step may write ${maxLines}` })
  }

  /** Takes up to a thousand lines out; null when there are none. */
  take(): LogBatch | null {
    if (this.lines.length === 0) return null
    return { stepId: this.stepId, attempt: this.attempt, lines: this.lines.splice(0, 1000) }
  }

  get isEmpty(): boolean {
    return this.lines.length === 0
  }
}
