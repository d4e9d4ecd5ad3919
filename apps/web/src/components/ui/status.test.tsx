import type { Status } from '@orrery/shared-types'
import { render, screen } from '@testing-library/react'
import { StatusBadge, StatusGlyph, statusWords } from './status.tsx'

const statuses = Object.keys(statusWords) as Status[]

it('has a shape of its own for each status, so that none needs its colour', () => {
  const shapes = statuses.map((status) => {
    const { container, unmount } = render(<StatusGlyph status={status} />)
    const drawing = container.querySelector('svg')?.innerHTML
    unmount()
    return drawing
  })
  expect(new Set(shapes).size).toBe(statuses.length)
})

it.each(statuses)('says %s in a word', (status) => {
  render(<StatusBadge status={status} />)
  expect(screen.getByText(statusWords[status])).toBeVisible()
})

it('has a name where it stands alone', () => {
  render(<StatusGlyph status="failed" label />)
  expect(screen.getByRole('img', { name: 'Failed' })).toBeVisible()
})
