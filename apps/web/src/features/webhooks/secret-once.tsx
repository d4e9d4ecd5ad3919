import { KeyRound } from 'lucide-react'
import { CopyButton } from '../../components/ui/copy-button.tsx'

/** A secret on its only appearance. */
export function SecretOnce({ secret, note }: { secret: string; note: string }) {
  return (
    <section aria-label="Secret" className="flex flex-col gap-2 rounded-md border border-line-strong bg-canvas p-4">
      <h3 className="flex items-center gap-2 text-sm font-medium">
        <KeyRound size={15} aria-hidden />
        Copy the secret now
      </h3>
      <p className="text-sm text-ink-2">{note} It is kept encrypted and is not shown again.</p>
      <p className="flex items-center gap-1 rounded-md border border-line bg-surface py-1 pr-1 pl-2.5">
        <code className="min-w-0 flex-1 font-mono text-xs break-all">{secret}</code>
        <CopyButton text={secret} label="Copy secret" />
      </p>
    </section>
  )
}
