import type { ComponentProps, ReactNode } from 'react'
import { Link, type LinkProps } from 'react-router'
import { cx } from '../../lib/cx.ts'

type Look = 'primary' | 'plain' | 'quiet' | 'danger'
type Size = 'sm' | 'md'

const looks: Record<Look, string> = {
  primary: 'bg-accent-fill text-on-accent hover:bg-accent-fill-hover border-transparent',
  plain: 'bg-surface text-ink border-line-strong hover:bg-hover',
  quiet: 'border-transparent text-ink-2 hover:bg-raised hover:text-ink',
  danger: 'bg-surface text-failed border-failed-line hover:bg-failed-tint',
}
const sizes: Record<Size, string> = { sm: 'h-7 px-2.5 text-sm pointer-coarse:h-10', md: 'h-8 px-3 text-base pointer-coarse:h-11' }

const buttonClass = (look: Look, size: Size, className?: string) =>
  cx(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none disabled:opacity-50 aria-busy:opacity-70',
    looks[look],
    sizes[size],
    className,
  )

type ButtonProps = ComponentProps<'button'> & { look?: Look; size?: Size; busy?: boolean }

export function Button({ look = 'plain', size = 'md', busy = false, className, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={buttonClass(look, size, className)}
    />
  )
}

export function ButtonLink({ look = 'plain', size = 'md', className, ...rest }: LinkProps & { look?: Look; size?: Size }) {
  return <Link {...rest} className={buttonClass(look, size, className)} />
}

/** A button of one picture. Its label is what a screen reader says and what hovering shows. */
export function IconButton({ label, children, className, ...rest }: ComponentProps<'button'> & { label: string; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={cx(
        'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-3 hover:bg-raised hover:text-ink disabled:opacity-50 pointer-coarse:size-10',
        className,
      )}
    >
      {children}
    </button>
  )
}
