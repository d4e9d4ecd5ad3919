import { Dialog } from '../../components/ui/dialog.tsx'
import { Kbd } from '../../components/ui/kbd.tsx'
import { shortcuts } from './shortcuts.ts'

export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keyboard" wide>
      <div className="grid gap-x-10 gap-y-6 px-5 pt-3 pb-6 sm:grid-cols-2">
        {shortcuts.map(({ title, keys }) => (
          <section key={title} aria-label={title}>
            <h3 className="mb-1 text-sm font-semibold text-ink-2">{title}</h3>
            <dl className="divide-y divide-line">
              {keys.map(([strokes, does]) => (
                <div key={does} className="flex min-h-8 items-center justify-between gap-4 text-sm">
                  <dt>{does}</dt>
                  <dd className="flex items-center gap-1">
                    {strokes.map((stroke) => (
                      <Kbd key={stroke}>{stroke}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
