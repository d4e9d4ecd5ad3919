import type { Login } from '@orrery/shared-types'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Link, useLocation } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { Field, Input } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { ApiError } from '../../lib/api-error.ts'
import { placeErrors } from '../../lib/forms.ts'
import { logIn } from './auth.ts'
import { AuthFrame } from './auth-frame.tsx'

export function LoginPage() {
  const { search } = useLocation()
  const form = useForm<Login>({ defaultValues: { email: '', password: '' } })
  const [failure, setFailure] = useState<string | null>(null)
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (input) => {
    setFailure(null)
    await logIn(input).catch((error: unknown) => {
      const refused = error instanceof ApiError && error.status === 401
      setFailure(refused ? 'This email and password don’t fit together.' : placeErrors(error, ['email', 'password'], form.setError))
    })
  })
  return (
    <AuthFrame
      title="Log in"
      lead="See what your agents are doing, and steer it."
      foot={
        <>
          No account yet?{' '}
          <Link to={`/register${search}`} className="font-medium link">
            Register
          </Link>
        </>
      }
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        <Field label="Email" error={errors.email?.message}>
          <Input type="email" autoComplete="username" {...form.register('email', { required: 'Enter the email you registered with' })} />
        </Field>
        <Field label="Password" error={errors.password?.message}>
          <Input type="password" autoComplete="current-password" {...form.register('password', { required: 'Enter your password' })} />
        </Field>
        <FormError message={failure} />
        <Button type="submit" look="primary" busy={isSubmitting}>
          {isSubmitting ? 'Logging in' : 'Log in'}
        </Button>
      </form>
    </AuthFrame>
  )
}
