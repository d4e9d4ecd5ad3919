import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { openAt, problem, withNothing } from '../../test/app.tsx'
import { user } from '../../test/fixtures.ts'
import { server } from '../../test/server.ts'
import { axe } from '../../test/setup.ts'

async function fill(password = 'long enough indeed') {
  await userEvent.type(await screen.findByLabelText('Email'), 'ada@example.com')
  await userEvent.type(screen.getByLabelText('Username'), 'ada')
  await userEvent.type(screen.getByLabelText('Password'), password)
  await userEvent.click(screen.getByRole('button', { name: 'Create account' }))
}

it('says at each field what is wrong, before asking the server', async () => {
  const { container } = openAt('/register', { signedIn: false })
  await fill('short')
  expect(await screen.findByText('At least 10 characters')).toBeVisible()
  expect(screen.getByLabelText('Password')).toHaveAccessibleDescription('At least 10 characters')
  expect(screen.getByLabelText('Password')).toBeInvalid()
  expect(await axe(container)).toHaveNoViolations()
})

it('puts the complaint of the server at its field', async () => {
  server.use(
    http.post('*/api/v1/auth/register', () => problem(422, 'The input is not valid', [{ path: '/username', message: 'is taken' }])),
  )
  openAt('/register', { signedIn: false })
  await fill()
  expect(await screen.findByText('Is taken')).toBeVisible()
  expect(screen.getByLabelText('Username')).toBeInvalid()
})

it('logs in whom it has registered', async () => {
  withNothing()
  server.use(
    http.post('*/api/v1/auth/register', () => HttpResponse.json({ user }, { status: 201 })),
    http.post('*/api/v1/auth/login', () => HttpResponse.json({ accessToken: 't', expiresIn: 900, refreshToken: '', user })),
  )
  openAt('/register', { signedIn: false })
  await fill()
  expect(await screen.findByRole('heading', { name: 'Overview' })).toBeVisible()
})
