import type { IncomingHttpHeaders } from 'node:http'
import { findMisfit } from '@orrery/core'
import { AttemptResult, longestCode, longestLine, longestMessage, longestOutput } from '@orrery/shared-types'
import { Type } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'

// each result of each call goes through it
const end = TypeCompiler.Compile(Type.Omit(AttemptResult, ['startedAt', 'endedAt']))
type Loose = Record<string, unknown>
const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): Loose[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** The code of a result that is not kept: its attempt is not repeated, and lies with the dead letters. */
export const refusedCode = 'result_refused'

/**
 * Makes of a worker's call what can be made of it, before it is checked: one result that can't be kept must not hold up
 * all others, and would be sent again for ever. Texts that are too long are cut; what is wrong otherwise fails its attempt.
 */
export function mendCall(body: unknown, { 'content-length': length }: IncomingHttpHeaders): void {
  const mayBeLarge = !(Number(length) <= longestOutput)
  if (!isObject(body)) return
  for (const batch of listOf(body['logs'])) for (const line of listOf(batch['lines'])) cut(line, 'text', longestLine)
  const { results } = body
  if (!Array.isArray(results)) return
  for (const [at, result] of results.entries()) {
    if (!isObject(result)) continue
    const { error } = result
    if (isObject(error)) {
      if (typeof error['code'] === 'number') error['code'] = String(error['code'])
      cut(error, 'code', longestCode)
      cut(error, 'message', longestMessage)
    }
    const problem = misfitOf(result) ?? (mayBeLarge ? sizeOf(result['output']) : undefined)
    if (problem !== undefined && isNamed(result)) results[at] = refusal(result, problem)
  }
}

function cut(of: Loose, key: string, longest: number): void {
  const text = of[key]
  if (typeof text === 'string' && text.length > longest) of[key] = `${text.slice(0, longest - 1)}…`
}

function misfitOf({ startedAt: _startedAt, endedAt: _endedAt, ...ended }: Loose): string | undefined {
  const misfit = findMisfit(ended['output'], { anyText: true })
  if (misfit) return `/output${misfit.path} ${misfit.message}`
  const wrong = end.Check(ended) ? undefined : end.Errors(ended).First()
  return wrong && `${wrong.path}: ${wrong.message}`
}

const sizeOf = (output: unknown): string | undefined => {
  const bytes = output === undefined ? 0 : Buffer.byteLength(JSON.stringify(output))
  return bytes > longestOutput
    ? `its output has ${bytes} bytes; the most is ${longestOutput}: put large things into a store and pass their address on`
    : undefined
}

const isNamed = ({ stepId, attempt }: Loose): boolean => end.Check({ stepId, attempt })

const refusal = ({ stepId, attempt }: Loose, problem: string) => ({
  stepId,
  attempt,
  error: { code: refusedCode, message: `What the worker says of it can't be kept: ${problem}`, retryable: false },
})
