/** Takes what is wrong at a place of a definition; `at` counts characters of the text that stands there. */
type Say = (path: string, message: string, at?: number) => void

/** `bound` is for what was not looked at before: refused when it is written, and taken as it is in versions that were published by then. */
export type Report = Say & { bound: Say }
