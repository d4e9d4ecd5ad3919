import { Dialog as Base } from '@base-ui/react/dialog'
import { type ReactNode, useState } from 'react'
import { cx } from '../../lib/cx.ts'
import { Button } from './button.tsx'
import { Field, Input } from './field.tsx'

type DialogProps = { open: boolean; onClose: () => void; title: string; hideTitle?: boolean; wide?: boolean; children: ReactNode }

export function Dialog({ open, onClose, title, hideTitle = false, wide = false, children }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="float-in fixed inset-0 z-40 bg-[var(--scrim)]" />
        <Base.Popup
          className={cx(
            'float-in fixed top-[12vh] left-1/2 z-50 max-h-[76vh] w-[calc(100vw-2rem)] -translate-x-1/2 overflow-y-auto rounded-md border border-line bg-surface shadow-float outline-none',
            wide ? 'max-w-2xl' : 'max-w-md',
          )}
        >
          <Base.Title className={hideTitle ? 'sr-only' : 'px-5 pt-4 text-lg font-semibold'}>{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

type ConfirmProps = {
  open: boolean
  onClose: () => void
  title: string
  children: ReactNode
  verb: string
  typed: string
  busy: boolean
  onConfirm: () => void
}

/** Only for what can't be undone: the name is typed, so that no habit of the hand confirms it. */
export function ConfirmByName({ open, onClose, title, children, verb, typed, busy, onConfirm }: ConfirmProps) {
  const [text, setText] = useState('')
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <form
        className="flex flex-col gap-4 px-5 pt-2 pb-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (text === typed) onConfirm()
        }}
      >
        <div className="text-ink-2">{children}</div>
        <Field label={`Type ${typed} to confirm`}>
          <Input value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" className="font-mono" />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" look="danger" busy={busy} disabled={text !== typed}>
            {verb}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
