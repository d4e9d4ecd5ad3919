import { render, screen } from '@testing-library/react'
import { JsonView } from './json-view.tsx'

it('shows text of several lines in lines, and everything else as JSON', () => {
  render(<JsonView label="Output" value={{ report: '# Well\n| "a" | b |', count: 2 }} />)
  const shown = screen.getByRole('group', { name: 'Output' })
  expect(shown.textContent).toBe('{\n  "report": # Well\n| "a" | b |,\n  "count": 2\n}')
})

it('shows a part of what is very long, and says so', () => {
  render(<JsonView label="Output" value={['a\nb'.repeat(100_000)]} />)
  expect(screen.getByText(/^The first 200,000 characters/)).toBeInTheDocument()
})
