import type { FireSummary } from '@orrery/shared-types'
import { duration, plural } from '../../../lib/format.ts'
import { reasonsText } from '../policy-words.ts'
import { add, type Counts, type Gathered, nothing, unknownFrom } from './cells.ts'
import { startOf } from './days.ts'

const short = new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', hour: '2-digit', minute: '2-digit' })
const withDay = new Intl.DateTimeFormat('en-GB', { weekday: 'short', hourCycle: 'h23', hour: '2-digit', minute: '2-digit' })
const dayWords = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })

export const hourText = (at: number): string => short.format(new Date(at))
export const dayText = (day: string): string => dayWords.format(startOf(day))

/** Everything in view, as one count. */
export function sumOf({ summary, forecasts }: Gathered): Counts {
  const past = summary.hours.reduce<Counts>((sum, hour) => add(sum, hour), nothing)
  return add(past, { ahead: forecasts.reduce((sum, forecast) => sum + forecast.fires, 0) })
}

/** "2 fired, 1 missed, 3 to come", the gravest first. */
export function countsText({ fired, waiting, skipped, missed, late, ahead }: Counts): string {
  const parts: [number, string][] = [
    [missed, 'missed'],
    [skipped, 'skipped'],
    [waiting, 'waiting'],
    [fired, 'fired'],
    [late, 'of them late'],
    [ahead, 'to come'],
  ]
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count.toLocaleString('en')} ${word}`)
  return said.length === 0 ? 'nothing' : said.join(', ')
}

/** What is looked at: `when` is "today", "on Tue 24 Nov" or "this week". */
export type View = { when: string; isWeek: boolean; isPast: boolean }

/** Whether all went well, and if not what did not; then what is to come. */
export function calendarSentence(gathered: Gathered, { when, isWeek, isPast }: View): string {
  const sum = sumOf(gathered)
  const cut = unknownFrom(gathered.forecasts)
  const pieces = [
    pastSentence(sum, gathered.summary.missed, when, isWeek),
    sum.skipped > 0 ? `${plural(sum.skipped, 'was', 'were')} skipped.` : null,
    sum.waiting > 0 ? `${plural(sum.waiting, 'waits', 'wait')} for an earlier run.` : null,
    sum.ahead > 0 ? `${cut === null ? '' : 'At least '}${plural(sum.ahead, 'is', 'are')} to come.` : null,
    gathered.summary.truncated ? 'There is more than could be counted.' : null,
  ]
  const said = pieces.filter((piece) => piece !== null)
  return said.length === 0 ? `Nothing ${isPast ? 'fired' : 'fires'} ${when}.` : said.join(' ')
}

function pastSentence(sum: Counts, missed: FireSummary['missed'], when: string, isWeek: boolean): string | null {
  if (missed !== null) {
    const clock = isWeek ? withDay : short
    const [first, last] = [clock.format(new Date(missed.first)), clock.format(new Date(missed.last))]
    const span = first === last ? `at ${first}` : `between ${first} and ${last}`
    const why = missed.reasons.length === 0 ? '' : `: ${reasonsText(missed.reasons)}`
    const late = sum.late > 0 ? `, ${sum.late.toLocaleString('en')} of them late` : ''
    const others = sum.fired > 0 ? ` ${sum.fired.toLocaleString('en')} fired${late}.` : ''
    return `${missed.atLeast ? 'At least ' : ''}${plural(sum.missed, 'tick was', 'ticks were')} missed ${span}${why}.${others}`
  }
  if (sum.fired === 0) return null
  const slowest = sum.maxLateMs === null ? '' : `by ${duration(Math.max(0, sum.maxLateMs))}`
  if (sum.late > 0) return `${sum.late.toLocaleString('en')} of ${plural(sum.fired, 'fire')} ${when} came late, the latest ${slowest}.`
  if (sum.fired === 1) return `The one fire ${when} was on time${slowest === '' ? '' : `, late ${slowest}`}.`
  return `All ${sum.fired.toLocaleString('en')} fires ${when} were on time${slowest === '' ? '' : `; the latest ${slowest}`}.`
}
