import { Clock, Minus, SquareX } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { Button } from '../../../components/ui/button.tsx'
import { withSearch } from '../../../lib/address-project.ts'
import { cx } from '../../../lib/cx.ts'
import { useNow } from '../../../lib/use-now.ts'
import { countsText, hourText } from './calendar-words.ts'
import { type Cell, totalOf } from './cells.ts'
import { hoursADay } from './days.ts'
import type { GridRow } from './rows.ts'
import type { CalendarPlace } from './use-calendar.ts'

const rowsAtOnce = 50
const hours = Array.from({ length: hoursADay }, (_, hour) => hour)

/** Hours across, days or schedules down. One cell takes the tab; arrows move among them, Enter opens the hour. */
export function HourGrid({ place, rows }: { place: CalendarPlace; rows: readonly GridRow[] }) {
  const [shown, setShown] = useState(rowsAtOnce)
  const frame = useRef<HTMLDivElement>(null)
  const nowHour = place.hasToday ? new Date(useNow(60_000)).getHours() : null
  useEffect(() => {
    const cell = frame.current?.querySelector<HTMLElement>('[data-now]')
    if (frame.current && cell) frame.current.scrollLeft = Math.max(0, cell.offsetLeft - frame.current.clientWidth / 2)
  }, [place.day, place.isWeek])
  const opened = place.search.get('at')
  // the panel takes room from the grid, and what it tells of should stay in sight
  useEffect(() => {
    if (opened !== null) frame.current?.querySelector('[data-cell][aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [opened])
  const visible = rows.slice(0, shown)
  const first = visible.findIndex((row) => row.cells.some((cell) => cell && isOpenable(cell)))
  return (
    <div ref={frame} className="overflow-x-auto" onKeyDown={moveInGrid}>
      <table className="w-full border-collapse text-sm" aria-label={place.isWeek ? 'Fires by day and hour' : 'Fires by schedule and hour'}>
        <thead>
          <tr className="h-8 border-b border-line text-xs text-ink-3">
            <th scope="col" className="sticky left-0 z-10 bg-surface px-4 text-left font-medium">
              {place.isWeek ? 'Day' : 'Schedule'}
            </th>
            {hours.map((hour) => (
              <th
                key={hour}
                scope="col"
                data-now={hour === nowHour ? '' : undefined}
                aria-current={hour === nowHour ? 'time' : undefined}
                className={cx(
                  'tnum min-w-9 px-0.5 text-center font-medium',
                  hour === nowHour && 'text-accent underline underline-offset-4',
                )}
              >
                {String(hour).padStart(2, '0')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {visible.map((row, at) => (
            <Row key={row.key} row={row} place={place} takesTab={at === first} />
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <Button size="sm" look="quiet" className="sticky left-0 m-2" onClick={() => setShown(shown + rowsAtOnce)}>
          Show more of {(rows.length - 1).toLocaleString('en')} schedules
        </Button>
      )}
    </div>
  )
}

const isOpenable = (cell: Cell) => totalOf(cell) > 0

function Row({ row, place, takesTab }: { row: GridRow; place: CalendarPlace; takesTab: boolean }) {
  const first = row.cells.findIndex((cell) => cell !== null && isOpenable(cell))
  return (
    <tr className="row-h border-b border-line last:border-b-0">
      <th scope="row" className="sticky left-0 z-10 max-w-32 min-w-28 bg-surface px-4 text-left font-medium sm:max-w-56 sm:min-w-44">
        <span className="block truncate" title={row.label}>
          {row.scheduleId === null ? (
            row.label
          ) : (
            <Link to={`/schedules/${row.scheduleId}`} className="hover:underline" tabIndex={-1}>
              {row.label}
            </Link>
          )}
        </span>
        {row.detail !== null && <code className="block truncate font-mono text-xs font-normal text-ink-3">{row.detail}</code>}
      </th>
      {row.cells.map((cell, hour) => (
        <td key={hour} className="p-0.5 text-center">
          {cell && <CellFace cell={cell} row={row} place={place} takesTab={takesTab && hour === first} />}
        </td>
      ))}
    </tr>
  )
}

type FaceProps = { cell: Cell; row: GridRow; place: CalendarPlace; takesTab: boolean }

function CellFace({ cell, row, place, takesTab }: FaceProps) {
  const total = totalOf(cell)
  if (total === 0) {
    return cell.isUnknown ? (
      <span className="text-ink-3" title="Too much fires before this hour for a forecast to reach it">
        ?
      </span>
    ) : null
  }
  const search = withSearch(place.search, { at: new Date(cell.from).toISOString(), scheduleId: row.scheduleId })
  const figure = `${compact(total)}${cell.isUnknown ? '+' : ''}`
  const name = `${row.label}, ${hourText(cell.from)} to ${hourText(cell.to)}: ${figure} ${total === 1 ? 'tick' : 'ticks'}, ${countsText(cell)}`
  return (
    <Link
      to={search}
      data-cell
      tabIndex={takesTab ? 0 : -1}
      title={name}
      aria-label={name}
      aria-current={
        place.search.get('at') === new Date(cell.from).toISOString() && place.search.get('scheduleId') === row.scheduleId ? true : undefined
      }
      className={cx(
        'tnum inline-flex h-7 w-full min-w-8 items-center justify-center gap-0.5 rounded-sm border text-xs hover:border-accent aria-current:outline-2 aria-current:outline-accent pointer-coarse:h-10',
        looks[lookOf(cell)],
      )}
    >
      {figure}
      <Glyph cell={cell} />
    </Link>
  )
}

function Glyph({ cell }: { cell: Cell }) {
  if (cell.missed > 0) return <SquareX size={11} aria-hidden />
  if (cell.late > 0) return <Clock size={11} aria-hidden />
  return cell.skipped > 0 ? <Minus size={11} aria-hidden className="text-ink-2" /> : null
}

const looks = {
  missed: 'border-failed-line bg-failed-tint font-medium text-failed',
  late: 'border-blocked-line bg-blocked-tint text-blocked',
  ahead: 'border-dashed border-line-strong text-ink-2',
  plain: 'border-transparent bg-raised text-ink',
}

function lookOf(cell: Cell): keyof typeof looks {
  if (cell.missed > 0) return 'missed'
  if (cell.late > 0) return 'late'
  return cell.ahead === totalOf(cell) ? 'ahead' : 'plain'
}

const compact = (n: number) => (n < 1000 ? String(n) : `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)}k`)

export function Legend() {
  return (
    <ul aria-label="How to read it" className="flex flex-wrap gap-x-5 gap-y-1 border-t border-line px-4 py-2 text-xs text-ink-2">
      <li className="inline-flex items-center gap-1.5">
        <span className="inline-block h-4 w-6 rounded-sm bg-raised" aria-hidden /> fired
      </li>
      <li className="inline-flex items-center gap-1.5">
        <span className="inline-block h-4 w-6 rounded-sm border border-dashed border-line-strong" aria-hidden /> to come
      </li>
      <li className="inline-flex items-center gap-1.5 text-failed">
        <SquareX size={12} aria-hidden /> missed
      </li>
      <li className="inline-flex items-center gap-1.5 text-blocked">
        <Clock size={12} aria-hidden /> more than a second late
      </li>
      <li className="inline-flex items-center gap-1.5">
        <Minus size={12} aria-hidden /> skipped
      </li>
    </ul>
  )
}

const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/** To the next cell that holds something, in the direction of the arrow. */
function moveInGrid(event: KeyboardEvent<HTMLDivElement>): void {
  const step = steps[event.key]
  const here = event.target instanceof HTMLElement ? event.target.closest('td') : null
  const table = here?.closest('table')
  const line = here?.closest('tr')
  if (!step || !here || !line || !table) return
  event.preventDefault()
  const lines = [...table.rows]
  let [x, y] = [here.cellIndex + step[0], lines.indexOf(line) + step[1]]
  for (; lines[y]?.cells[x]; x += step[0], y += step[1]) {
    const cell = lines[y]?.cells[x]?.querySelector<HTMLElement>('[data-cell]')
    if (cell) return cell.focus()
  }
}
