import type { Fire, FireHour, FireSummary, Forecast } from '@orrery/shared-types'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { viewerZone } from '../../../lib/format.ts'
import { noFires, openAt, summary, withContent, withNothing } from '../../../test/app.tsx'
import { idOf, project, run, schedule } from '../../../test/fixtures.ts'
import { server } from '../../../test/server.ts'
import { axe } from '../../../test/setup.ts'
import { calendarSentence, hourText } from './calendar-words.ts'
import { cellsOf, type Gathered } from './cells.ts'
import { readDay, shiftDay, slotAt, slotsOf, startOf, weekOf } from './days.ts'

const day = '2020-06-10'
const at = (hour: number, minute = 0) => new Date(startOf(day).getTime() + hour * 3_600_000 + minute * 60_000).toISOString()
const hourOf = (change: Partial<FireHour>): FireHour => ({ ...noFires, at: at(2), scheduleId: schedule.id, ...change })
const gather = (hours: FireHour[], missed: FireSummary['missed'] = null, forecasts: Forecast[] = []): Gathered => ({
  summary: { from: at(0), to: at(24), hours, missed, truncated: false },
  forecasts,
})
const forecast = (change: Partial<Forecast> = {}): Forecast => ({
  from: at(0),
  until: at(23, 59),
  truncated: false,
  fires: 3,
  minutes: [{ at: at(20, 30), fires: 3, scheduleIds: [schedule.id, idOf('sch', 2)], counts: [2, 1] }],
  ...change,
})

it('knows days by the clock: which are days, their weeks, and what lies around them', () => {
  expect([readDay('2020-06-10'), readDay('2020-02-30'), readDay('today'), readDay(null)]).toEqual(['2020-06-10', null, null, null])
  expect(weekOf('2020-06-14')).toEqual(weekOf('2020-06-08'))
  expect(weekOf(day)).toEqual(['2020-06-08', '2020-06-09', day, '2020-06-11', '2020-06-12', '2020-06-13', '2020-06-14'])
  expect(shiftDay('2020-03-01', -1)).toBe('2020-02-29')
})

it('covers every moment of a day with its hours, also when clocks move', () => {
  for (const each of [day, '2020-03-08', '2020-03-29', '2020-10-25', '2020-11-01', '2020-04-05']) {
    const slots = slotsOf(each).filter((slot) => slot !== null)
    const whole = startOf(each, 1).getTime() - startOf(each).getTime()
    expect(slots.reduce((sum, slot) => sum + slot.to - slot.from, 0)).toBe(whole)
  }
  expect(slotAt(Date.parse(at(9, 59)))).toEqual({ from: Date.parse(at(9)), to: Date.parse(at(10)) })
})

it('puts what fired and what will into the hours, of all schedules or of one', () => {
  const gathered = gather([hourOf({ fired: 4, maxLateMs: 12 }), hourOf({ fired: 1, scheduleId: idOf('sch', 2), maxLateMs: 900 })], null, [
    forecast(),
  ])
  expect(cellsOf(day, gathered)[2]).toMatchObject({ fired: 5, maxLateMs: 900, ahead: 0 })
  expect(cellsOf(day, gathered)[20]).toMatchObject({ fired: 0, ahead: 3, isUnknown: false })
  expect(cellsOf(day, gathered, schedule.id)[20]).toMatchObject({ ahead: 2 })
  expect(cellsOf('2020-06-11', gathered).every((cell) => cell === null || cell.fired + cell.ahead === 0)).toBe(true)
})

it('does not know what fires where the forecast was cut off', () => {
  const cells = cellsOf(day, gather([], null, [forecast({ truncated: true, until: at(20, 45) })]))
  expect([cells[19]?.isUnknown, cells[20]?.isUnknown, cells[21]?.isUnknown]).toEqual([false, true, true])
})

it.each<[string, Gathered]>([
  ['Nothing fires today.', gather([])],
  ['All 214 fires today were on time; the latest by 900 ms.', gather([hourOf({ fired: 214, maxLateMs: 900 })])],
  ['The one fire today was on time, late by 12 ms.', gather([hourOf({ fired: 1, maxLateMs: 12 })])],
  ['2 of 9 fires today came late, the latest by 3.50 s.', gather([hourOf({ fired: 9, late: 2, maxLateMs: 3500 })])],
  [
    `3 ticks were missed between ${hourText(Date.parse(at(2)))} and ${hourText(Date.parse(at(2, 40)))}: nobody was there in time, and missed ticks are left out.`,
    gather([hourOf({ missed: 3 })], { first: at(2), last: at(2, 40), atLeast: false, reasons: ['catch_up_off'] }),
  ],
  [
    `1 tick was missed at ${hourText(Date.parse(at(2)))}. 9 fired, 2 of them late.`,
    gather([hourOf({ missed: 1, fired: 9, late: 2 })], { first: at(2), last: at(2), atLeast: false, reasons: [] }),
  ],
  [
    `At least 1 tick was missed at ${hourText(Date.parse(at(2)))}.`,
    gather([hourOf({ missed: 1 })], { first: at(2), last: at(2), atLeast: true, reasons: [] }),
  ],
  ['2 were skipped. 1 waits for an earlier run. 3 are to come.', gather([hourOf({ skipped: 2, waiting: 1 })], null, [forecast()])],
  ['At least 3 are to come.', gather([], null, [forecast({ truncated: true })])],
])('opens with "%s"', (sentence, gathered) => {
  expect(calendarSentence(gathered, { when: 'today', isWeek: false, isPast: false })).toBe(sentence)
})

const fire: Fire = {
  scheduleId: schedule.id,
  fireAt: at(2, 10),
  until: null,
  outcome: 'fired',
  reason: null,
  lateMs: 40,
  answeredAt: at(2, 10),
  backfill: false,
  runId: run.id,
}

function openCalendar(search = `?day=${day}`) {
  const asked: URLSearchParams[] = []
  withContent()
  server.use(
    http.get('*/api/v1/schedules/fires/summary', ({ request }) =>
      summary(request, [hourOf({ fired: 1, maxLateMs: 40 }), hourOf({ at: at(5), missed: 2 })], {
        first: at(5),
        last: at(5, 30),
        atLeast: false,
        reasons: ['too_late'],
      }),
    ),
    http.get('*/api/v1/schedules/fires', ({ request }) => {
      asked.push(new URL(request.url).searchParams)
      return HttpResponse.json({
        items: [fire, { ...fire, fireAt: at(2, 20), outcome: 'skipped', reason: 'workflow_paused', runId: null }],
        nextCursor: null,
      })
    }),
  )
  return { ...openAt(`/schedules/calendar${search}`), asked }
}

it('shows a day hour by hour, all schedules and each, and says in each cell what it holds', async () => {
  const { container } = openCalendar()
  const grid = await screen.findByRole('table', { name: 'Fires by schedule and hour' })
  const rows = within(grid).getAllByRole('row')
  expect(rows.map((row) => within(row).queryByRole('rowheader')?.textContent)).toEqual([
    undefined,
    'All schedules',
    'Nightly triage0 9 * * *',
  ])
  expect(within(grid).getByRole('link', { name: 'Nightly triage, 02:00 to 03:00: 1 tick, 1 fired' })).toBeVisible()
  expect(within(grid).getByRole('link', { name: 'All schedules, 05:00 to 06:00: 2 ticks, 2 missed' })).toBeVisible()
  expect(screen.getByText(/2 ticks were missed between 05:00 and 05:30: it was further back/)).toBeVisible()
  expect(await axe(container)).toHaveNoViolations()
})

it('opens an hour tick by tick, with the time of the schedule beside one’s own', async () => {
  const { asked, router, container } = openCalendar()
  await userEvent.click(await screen.findByRole('link', { name: /^Nightly triage, 02:00/ }))
  const panel = await screen.findByRole('complementary', { name: 'One hour' })
  expect(
    await within(panel)
      .findByText(/in Europe\/Berlin/, {}, {})
      .catch(() => null),
  ).toBeDefined()
  const ticks = await within(panel).findAllByRole('listitem')
  expect(ticks[0]).toHaveTextContent(/Fired.*40 ms late.*See the run/)
  expect(within(panel).queryAllByText(/in Europe\/Berlin/)).toHaveLength(viewerZone() === schedule.timezone ? 0 : 2)
  expect(ticks[1]).toHaveTextContent(/Skipped.*the workflow is paused/)
  expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({ projectId: project.id, scheduleId: schedule.id, from: at(2), to: at(3) })
  expect(await axe(container)).toHaveNoViolations()
  await userEvent.click(within(panel).getByRole('button', { name: 'Not fired' }))
  await waitFor(() => expect(asked.at(-1)?.get('outcome')).toBe('missed,skipped,waiting'))
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('complementary', { name: 'One hour' })).toBeNull())
  expect(router.state.location.search).toBe(`?day=${day}`)
})

it('is walked by arrows: one cell takes the tab, the next that holds something takes the arrow', async () => {
  openCalendar()
  const cell = (name: string) => screen.getByRole('link', { name: new RegExp(`^${name}`) })
  await screen.findByRole('table')
  expect(screen.getAllByRole('link').filter((link) => link.dataset['cell'] !== undefined && link.tabIndex === 0)).toEqual([
    cell('All schedules, 02:00'),
  ])
  cell('All schedules, 02:00').focus()
  await userEvent.keyboard('{ArrowRight}')
  expect(cell('All schedules, 05:00')).toHaveFocus()
  await userEvent.keyboard('{ArrowDown}{ArrowLeft}')
  expect(cell('Nightly triage, 02:00')).toHaveFocus()
})

it('goes from day to week and on, in the address', async () => {
  const { router } = openCalendar()
  await userEvent.click(await screen.findByRole('button', { name: 'Week' }))
  const grid = await screen.findByRole('table', { name: 'Fires by day and hour' })
  expect(within(grid).getAllByRole('rowheader')).toHaveLength(7)
  await userEvent.click(screen.getByRole('button', { name: 'Week after' }))
  expect(router.state.location.search).toBe('?day=2020-06-17&view=week')
  await userEvent.click(screen.getByRole('button', { name: 'Today' }))
  expect(router.state.location.search).toBe('?view=week')
})

it('says what is to come in an hour by the minute, and how far the forecast reaches', async () => {
  const now = Date.now()
  const tomorrow = shiftDay(
    `${new Date(now).getFullYear()}-${String(new Date(now).getMonth() + 1).padStart(2, '0')}-${String(new Date(now).getDate()).padStart(2, '0')}`,
    1,
  )
  const due = new Date(startOf(tomorrow).getTime() + 9 * 3_600_000 + 30 * 60_000)
  withContent()
  server.use(
    http.get('*/api/v1/schedules/fires/summary', ({ request }) => summary(request, [])),
    http.get('*/api/v1/schedules/forecast', ({ request }) =>
      HttpResponse.json({
        from: new URL(request.url).searchParams.get('from'),
        until: new Date(due.getTime() + 60_000).toISOString(),
        truncated: true,
        fires: 5,
        minutes: [{ at: due.toISOString(), fires: 5, scheduleIds: [schedule.id], counts: [5] }],
      }),
    ),
  )
  openAt(`/schedules/calendar?day=${tomorrow}`)
  await userEvent.click(await screen.findByRole('link', { name: /^All schedules, 09:00 to 10:00: 5\+ ticks, 5 to come/ }))
  const panel = await screen.findByRole('complementary', { name: 'One hour' })
  expect((await within(panel).findAllByRole('listitem'))[0]).toHaveTextContent(/09:30.*Nightly triage.*5 times/)
  expect(within(panel).getByText(/The forecast reaches only to/)).toBeVisible()
})

it('teaches what fills it', async () => {
  withNothing()
  server.use(http.get('*/api/v1/projects', () => HttpResponse.json({ items: [project], nextCursor: null })))
  openAt('/schedules/calendar')
  expect(await screen.findByRole('heading', { name: 'Nothing to fire yet' })).toBeVisible()
})
