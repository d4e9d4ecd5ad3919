import type { DefinitionError } from '@orrery/shared-types'

/** Takes what is wrong at a place of a definition; `at` counts characters of the text that stands there. */
type Say = (path: string, message: string, at?: number) => void

/** `bound` is for what was not looked at before: refused when it is written, and taken as it is in versions that were published by then. */
export type Report = Say & { bound: Say }

/** To find the place of each of many mistakes would hold everybody up, and nobody reads them. */
export const mostErrors = 100

/** Ends the look at a definition in which so much is wrong that the rest need not be told. */
export class EnoughErrors extends Error {}

/** Collects what is wrong. Throws EnoughErrors. */
export function collectInto(errors: DefinitionError[], locate: Locate, published: boolean): Report {
  const say: Say = (path, message, at) => {
    errors.push({ path, message, ...locate(path, at) })
    if (errors.length >= mostErrors) throw new EnoughErrors()
  }
  return Object.assign(say, { bound: published ? () => undefined : say })
}

/** Line and column of a place, where there is text. */
export type Locate = (path: string, at?: number) => Partial<DefinitionError>
