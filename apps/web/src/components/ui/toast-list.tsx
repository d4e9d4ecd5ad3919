import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import { useEffect } from 'react'
import { IconButton } from './button.tsx'
import { type Notice, takeNotices, useNotices } from './notices.ts'

const manager = Toast.createToastManager()

function show({ title, detail, undo }: Notice): void {
  manager.add({
    title,
    timeout: detail ? 10_000 : undo ? 8000 : 4000,
    ...(detail && { description: detail, priority: 'high' as const }),
    ...(undo && { actionProps: { children: undo.label, onClick: undo.onClick } }),
  })
}

export function ToastList() {
  const waiting = useNotices((state) => state.waiting.length)
  useEffect(() => {
    if (waiting > 0) for (const notice of takeNotices()) show(notice)
  }, [waiting])
  return (
    <Toast.Provider toastManager={manager}>
      <Toast.Portal>
        <Toast.Viewport className="fixed bottom-4 left-4 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 max-sm:bottom-20 md:left-60">
          <Toasted />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

// the library reads a failure out elsewhere and hides its notice: who comes to the buttons must hear where they are, and nothing twice
const readable = { 'aria-hidden': false, 'aria-live': 'off' } as const

function Toasted() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      {...(toast.priority === 'high' && readable)}
      className="float-in flex items-start gap-3 rounded-md border border-line bg-surface py-2 pr-2 pl-4 shadow-float"
    >
      <div className="min-w-0 flex-1 py-1 text-sm">
        <Toast.Title className="font-medium" />
        <Toast.Description className="text-ink-2" />
      </div>
      <Toast.Action className="min-h-7 rounded-md px-2 text-sm font-medium text-accent hover:bg-raised" />
      <Toast.Close
        render={
          // it is always there to be seen: the library hides it from readers until the list has the focus
          <IconButton label="Dismiss" aria-hidden={false}>
            <X size={14} />
          </IconButton>
        }
      />
    </Toast.Root>
  ))
}
