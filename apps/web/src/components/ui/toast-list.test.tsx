import { act, render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { axe } from '../../test/setup.ts'
import { announce, announceFailure } from './notices.ts'
import { ToastList } from './toast-list.tsx'

it.each([
  ['was done', () => announce('It was said')],
  ['failed', () => announceFailure('It was said', new Error('away'))],
])('says what %s, and can be dismissed by whoever only hears it', async (_, say) => {
  const { baseElement } = render(<ToastList />)
  act(say)
  expect(await screen.findByRole('button', { name: 'Dismiss' })).toBeVisible()
  expect(await axe(baseElement)).toHaveNoViolations()
  await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
  await waitFor(() => expect(screen.queryByText('It was said')).toBeNull())
})
