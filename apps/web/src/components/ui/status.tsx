import type { Status } from '@orrery/shared-types'
import type { ReactNode } from 'react'
import { cx } from '../../lib/cx.ts'

export const statusWords: Record<Status, string> = {
  queued: 'Queued',
  in_progress: 'In progress',
  blocked: 'Blocked',
  failed: 'Failed',
  done: 'Done',
  canceled: 'Canceled',
}

export const statusInk: Record<Status, string> = {
  queued: 'text-queued',
  in_progress: 'text-progress',
  blocked: 'text-blocked',
  failed: 'text-failed',
  done: 'text-done',
  canceled: 'text-canceled',
}

const chip: Record<Status, string> = {
  queued: 'bg-queued-tint',
  in_progress: 'bg-progress-tint',
  blocked: 'bg-blocked-tint',
  failed: 'bg-failed-tint',
  done: 'bg-done-tint',
  canceled: 'bg-canceled-tint',
}

// Each shape says its status without colour, down to 12 px: ring, arc, pause bars, cross in a square, check, dash.
const shapes: Record<Status, ReactNode> = {
  queued: <circle cx="8" cy="8" r="5.5" />,
  in_progress: (
    <g className="glyph-turn">
      <circle cx="8" cy="8" r="5.5" strokeOpacity="0.25" />
      <path d="M8 2.5 A5.5 5.5 0 0 1 13.5 8" strokeWidth="2.4" />
    </g>
  ),
  blocked: <path d="M5.5 3.5 V12.5 M10.5 3.5 V12.5" strokeWidth="2.6" />,
  failed: (
    <>
      <rect x="2.25" y="2.25" width="11.5" height="11.5" rx="2.5" />
      <path d="M5.75 5.75 L10.25 10.25 M10.25 5.75 L5.75 10.25" />
    </>
  ),
  done: <path d="M3 8.6 L6.4 12 L13 4.6" strokeWidth="2.2" />,
  canceled: <path d="M3 8 H13" strokeWidth="2.2" />,
}

/** The shape of a status. Give it a label where no word stands beside it. */
export function StatusGlyph({ status, size = 14, label = false }: { status: Status; size?: number; label?: boolean }) {
  const name = label ? { role: 'img', 'aria-label': statusWords[status] } : { 'aria-hidden': true }
  return (
    <svg
      {...name}
      data-glyph={status}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={cx('shrink-0', statusInk[status])}
    >
      {shapes[status]}
    </svg>
  )
}

export function StatusBadge({ status, word, tint = false }: { status: Status; word?: string; tint?: boolean }) {
  const box = tint ? cx('rounded-md px-2 py-0.5', chip[status]) : ''
  return (
    <span className={cx('inline-flex items-center gap-1.5 align-middle font-medium whitespace-nowrap', statusInk[status], box)}>
      <StatusGlyph status={status} />
      {word ?? statusWords[status]}
    </span>
  )
}
