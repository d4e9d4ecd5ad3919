import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import { cx } from '../../lib/cx.ts'

type MenuProps = { trigger: ReactElement; children: ReactNode; side?: 'top' | 'bottom'; align?: 'start' | 'end' }

export function Menu({ trigger, children, side = 'bottom', align = 'start' }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} className="z-50 outline-none">
          <Base.Popup className="float-in max-h-[70vh] min-w-52 overflow-y-auto rounded-md border border-line bg-surface p-1 shadow-float outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

type ItemProps = { onSelect: () => void; children: ReactNode; danger?: boolean; checked?: boolean; disabled?: boolean }

export function MenuItem({ onSelect, children, danger = false, checked, disabled = false }: ItemProps) {
  return (
    <Base.Item
      onClick={onSelect}
      disabled={disabled}
      className={cx(
        'flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-raised pointer-coarse:min-h-11',
        danger && 'text-failed',
      )}
    >
      <span className="flex min-w-0 flex-1 items-center gap-2 truncate">{children}</span>
      {checked && <span aria-label="chosen">✓</span>}
    </Base.Item>
  )
}

export const MenuSeparator = () => <Base.Separator className="my-1 h-px bg-line" />

export function MenuNote({ children }: { children: ReactNode }) {
  return <div className="truncate px-2 py-1.5 text-xs text-ink-3">{children}</div>
}
