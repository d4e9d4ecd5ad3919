import type { LucideIcon } from 'lucide-react'
import { cx } from '../../lib/cx.ts'

export type Face = { Icon: LucideIcon; word: string; ink: string }

/** A state as shape, word and colour, so that it can be read without any one of them. */
export function Mark({ Icon, word, ink }: Face) {
  return (
    <span className={cx('inline-flex items-center gap-1.5 align-middle text-sm font-medium whitespace-nowrap', ink)}>
      <Icon size={14} aria-hidden />
      {word}
    </span>
  )
}
