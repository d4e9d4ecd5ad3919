import { CompletionContext } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { axe } from '../../../test/setup.ts'
import { complete, pathAt, stepKeys } from './completions.ts'
import { Problems } from './problems.tsx'
import { stepLines, stepOfPath } from './step-lines.ts'
import type { Check } from './use-verdict.ts'

const text = `name: x
steps:
  fetch:
    uses: http
    with:
      url: y

  # joins
  report:
    uses: noop
outputs:
  n: 1
`

it('selects a step from its key to its last line', () => {
  expect(stepLines(text, 3)).toEqual({ from: 3, to: 6 })
  expect(stepLines(text, 9)).toEqual({ from: 9, to: 10 })
})

it('knows which step an error is about', () => {
  expect(stepOfPath('/steps/fetch/with/url')).toBe('fetch')
  expect(stepOfPath('/outputs/n')).toBeNull()
})

it('knows where in the definition a line stands, for what may be written there', () => {
  const lines = text.split('\n')
  expect(pathAt(lines, 5, 6)).toEqual(['steps', 'fetch', 'with'])
  expect(pathAt(lines, 3, 4)).toEqual(['steps', 'fetch'])
  expect(pathAt(lines, 10, 0)).toEqual([])
  expect(stepKeys(text)).toEqual(['fetch', 'report'])
})

const check: Check = { errors: [], graph: null, graphIsOld: false, phase: 'valid', failure: null, retry: () => {} }

it('lists each problem with its line, and leads there', async () => {
  const error = { path: '/steps/fetch/uses', message: 'There is no executor htp', line: 4, column: 11 }
  const gone: unknown[] = []
  const { container } = render(<Problems check={{ ...check, errors: [error], phase: 'invalid' }} onGo={(to) => gone.push(to)} />)
  expect(screen.getByRole('status')).toHaveTextContent('1 problem')
  await userEvent.click(screen.getByRole('button', { name: /Line 4 There is no executor htp/ }))
  expect(gone).toEqual([error])
  expect(await axe(container)).toHaveNoViolations()
})

it('says unknown, not fine, when the text could not be checked', () => {
  render(<Problems check={{ ...check, phase: 'unknown' }} onGo={() => {}} />)
  expect(screen.getByRole('status')).toHaveTextContent('Unknown: the text could not be checked')
})

it.each([
  ['steps:\n  train:\n    uses: que', 'que', ['queue:gpu', 'queue:']],
  ['steps:\n  train:\n    uses: queue:g', 'queue:g', ['queue:gpu', 'queue:']],
  ['steps:\n  train:\n    uses: n', 'n', ['noop', 'http']],
])('offers executors and the queues that were seen after uses', (doc, typed, offered) => {
  const found = complete(new CompletionContext(EditorState.create({ doc }), doc.length, false), ['queue:gpu'])
  expect(doc.slice(found?.from)).toBe(typed)
  expect(found?.options.map((option) => option.label)).toEqual(expect.arrayContaining(offered))
})

it('offers nothing after uses before a letter was typed', () => {
  const doc = 'steps:\n  train:\n    uses: '
  expect(complete(new CompletionContext(EditorState.create({ doc }), doc.length, false), ['queue:gpu'])).toBeNull()
})
