import { type ReactNode, useId } from 'react'
import { Button } from './button.tsx'
import { Panel } from './panel.tsx'

type FormPanelProps = {
  title: string
  /** What the button says: the one thing that this form does. */
  verb: ReactNode
  busy: boolean
  disabled?: boolean
  onSubmit: () => unknown
  onClose: () => void
  children: ReactNode
}

/** A form in a panel, with its button at the foot. */
export function FormPanel({ title, verb, busy, disabled = false, onSubmit, onClose, children }: FormPanelProps) {
  const id = useId()
  const foot = (
    <Button type="submit" form={id} look="primary" busy={busy} disabled={disabled}>
      {verb}
    </Button>
  )
  return (
    <Panel title={title} label={title} onClose={onClose} foot={foot}>
      <form
        id={id}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit()
        }}
      >
        {children}
      </form>
    </Panel>
  )
}
