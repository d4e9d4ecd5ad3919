import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useHotkeys } from '../../lib/hotkeys.ts'
import { IconButton } from './button.tsx'

type PanelProps = { title: ReactNode; label: string; onClose: () => void; children: ReactNode; foot?: ReactNode }

/** Detail beside the list, not instead of it; the whole page on a phone. Esc returns to where one was. */
export function Panel({ title, label, onClose, children, foot }: PanelProps) {
  const panel = useRef<HTMLElement>(null)
  useReturningFocus(panel)
  useHotkeys({ Escape: onClose })
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label={label}
      data-panel
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.preventDefault()
          onClose()
        }
      }}
      className="panel-in fixed inset-y-0 right-0 z-30 flex w-full flex-col border-l border-line bg-surface shadow-float outline-none sm:w-[28rem] lg:top-12"
    >
      <div className="flex min-h-12 items-center gap-2 border-b border-line px-4">
        <h2 className="min-w-0 flex-1 truncate font-semibold">{title}</h2>
        <IconButton label="Close (Esc)" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      <div className="flex-1 overflow-y-auto overscroll-contain p-4">{children}</div>
      {foot && <div className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{foot}</div>}
    </aside>
  )
}

function useReturningFocus(panel: React.RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const before = document.activeElement
    const first = panel.current?.querySelector<HTMLElement>('[data-autofocus]')
    ;(first ?? panel.current)?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [panel])
}
