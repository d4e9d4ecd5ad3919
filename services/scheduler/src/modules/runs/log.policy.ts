import { invalid } from '@orrery/core'
import type { LogLine } from '@orrery/shared-types'

/** A line's place: the piece in which it came, and which of its lines it is, from 1. Place 0 is before a piece. */
export type LogCursor = { chunk: number; place: number }

const wholeChunk = 2_147_483_647

export const writeCursor = ({ chunk, place }: LogCursor): string => `${chunk}.${place}`

export function readLogCursor(text: string, path: string): LogCursor {
  const [, chunk, place] = /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(text) ?? []
  if (chunk === undefined) throw invalid(path, 'This is no cursor of a log; begin without one')
  return { chunk: Number(chunk), place: place === undefined ? wholeChunk : Number(place) }
}

type Written = Pick<LogLine, 'at' | 'stepKey' | 'itemIndex' | 'stream' | 'text'>

/** A line as a file holds it. A break within it would look like another line. */
export const formatLine = ({ at, stepKey, itemIndex, stream, text }: Written): string =>
  `${at} ${stepKey}${itemIndex === null ? '' : `[${itemIndex}]`} ${stream} ${text.replaceAll(/\r\n|[\n\r\u2028\u2029]/g, '⏎')}\n`
