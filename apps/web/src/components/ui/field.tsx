import { ChevronDown } from 'lucide-react'
import { type ComponentProps, createContext, type ReactNode, useContext, useId } from 'react'
import { cx } from '../../lib/cx.ts'

type FieldIds = { id: string; describedBy: string | undefined; invalid: boolean }
const FieldContext = createContext<FieldIds | null>(null)

type FieldProps = { label: string; help?: ReactNode; error?: string | undefined; children: ReactNode; optional?: boolean }

/** Label above, help below, and what is wrong in its place when something is. */
export function Field({ label, help, error, children, optional = false }: FieldProps) {
  const id = useId()
  const noteId = `${id}-note`
  const hasNote = Boolean(error ?? help)
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
        {optional && <span className="font-normal text-ink-3"> · optional</span>}
      </label>
      <FieldContext value={{ id, describedBy: hasNote ? noteId : undefined, invalid: Boolean(error) }}>{children}</FieldContext>
      {hasNote && (
        <p id={noteId} role={error ? 'alert' : undefined} className={cx('text-xs', error ? 'text-failed' : 'text-ink-3')}>
          {error ?? help}
        </p>
      )}
    </div>
  )
}

const box =
  'w-full rounded-md border border-line-strong bg-surface text-ink disabled:opacity-60 aria-invalid:border-failed-line focus-visible:outline-offset-0'
const line = 'h-8 px-2.5 pointer-coarse:h-11'

function useFieldProps() {
  const field = useContext(FieldContext)
  if (!field) return {}
  return { id: field.id, 'aria-describedby': field.describedBy, 'aria-invalid': field.invalid || undefined }
}

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...useFieldProps()} {...rest} className={cx(box, line, className)} />
}

export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea {...useFieldProps()} rows={4} {...rest} className={cx(box, 'px-2.5 py-1.5', className)} />
}

export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return (
    <span className={cx('relative block w-full', className)}>
      <select {...useFieldProps()} {...rest} className={cx(box, line, 'appearance-none truncate pr-8')} />
      <ChevronDown size={14} aria-hidden className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-ink-3" />
    </span>
  )
}
