import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Link, useLocation } from 'react-router'
import { Button } from '../../components/ui/button.tsx'
import { Field, Input } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { placeErrors } from '../../lib/forms.ts'
import { register } from './auth.ts'
import { AuthFrame } from './auth-frame.tsx'

type Values = { email: string; username: string; fullName: string; password: string }
const names = ['email', 'username', 'fullName', 'password'] as const

const rules = {
  email: { required: 'Enter an email', pattern: { value: /^\S+@\S+\.\S+$/, message: 'An email looks like name@example.com' } },
  username: {
    required: 'Choose a username',
    minLength: { value: 2, message: 'At least 2 characters' },
    maxLength: { value: 40, message: 'At most 40 characters' },
    pattern: {
      value: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
      message: 'Letters, digits, dots, dashes and underscores, beginning with a letter or digit',
    },
  },
  password: { required: 'Choose a password', minLength: { value: 10, message: 'At least 10 characters' } },
} as const

export function RegisterPage() {
  const { search } = useLocation()
  const form = useForm<Values>({ defaultValues: { email: '', username: '', fullName: '', password: '' } })
  const [failure, setFailure] = useState<string | null>(null)
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async ({ fullName, ...input }) => {
    setFailure(null)
    const name = fullName.trim()
    await register({ ...input, ...(name && { fullName: name }) }).catch((error: unknown) =>
      setFailure(placeErrors(error, names, form.setError)),
    )
  })
  return (
    <AuthFrame
      title="Create your account"
      lead="The first account of an installation is its administrator."
      foot={
        <>
          Already registered?{' '}
          <Link to={`/login${search}`} className="font-medium link">
            Log in
          </Link>
        </>
      }
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        <Field label="Email" error={errors.email?.message}>
          <Input type="email" autoComplete="email" {...form.register('email', rules.email)} />
        </Field>
        <Field label="Username" error={errors.username?.message}>
          <Input autoComplete="username" autoCapitalize="none" spellCheck={false} {...form.register('username', rules.username)} />
        </Field>
        <Field label="Full name" optional error={errors.fullName?.message}>
          <Input autoComplete="name" {...form.register('fullName')} />
        </Field>
        <Field label="Password" help="At least 10 characters" error={errors.password?.message}>
          <Input type="password" autoComplete="new-password" {...form.register('password', rules.password)} />
        </Field>
        <FormError message={failure} />
        <Button type="submit" look="primary" busy={isSubmitting}>
          {isSubmitting ? 'Creating' : 'Create account'}
        </Button>
      </form>
    </AuthFrame>
  )
}
