/** What the exchange takes as one line. */
const longest = 16_384
const keptOfLong = 16_000

/** A line of a log as it can be kept. One that is cut says so. */
export const logLine = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, keptOfLong)}… (${text.length - keptOfLong} more characters were cut)`
