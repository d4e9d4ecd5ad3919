import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import { messageOf } from '../../lib/api-error.ts'
import { IconButton } from './button.tsx'

const manager = Toast.createToastManager()

type Undo = { label: string; onClick: () => void }

/** Says that something was done, with the way back where there is one. */
export function announce(title: string, undo?: Undo): void {
  manager.add({ title, timeout: undo ? 8000 : 4000, ...(undo && { actionProps: { children: undo.label, onClick: undo.onClick } }) })
}

export const announceFailure = (what: string, error: unknown): void => {
  manager.add({ title: what, description: messageOf(error), priority: 'high', timeout: 10_000 })
}

export function Toasts() {
  return (
    <Toast.Provider toastManager={manager}>
      <Toast.Portal>
        <Toast.Viewport className="fixed bottom-4 left-4 z-50 md:left-60 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 max-sm:bottom-20">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function ToastList() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="float-in flex items-start gap-3 rounded-md border border-line bg-surface py-2 pr-2 pl-4 shadow-float"
    >
      <div className="min-w-0 flex-1 py-1 text-sm">
        <Toast.Title className="font-medium" />
        <Toast.Description className="text-ink-2" />
      </div>
      <Toast.Action className="min-h-7 rounded-md px-2 text-sm font-medium text-accent hover:bg-raised" />
      <Toast.Close
        render={
          <IconButton label="Dismiss">
            <X size={14} />
          </IconButton>
        }
      />
    </Toast.Root>
  ))
}
