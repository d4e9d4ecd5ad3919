import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { announceFailure } from '../../components/ui/notices.ts'
import { At } from '../../components/ui/time.tsx'
import { SecretOnce } from './secret-once.tsx'

type SecretSectionProps = {
  previousUntil: string | null
  canChange: boolean
  note: string
  rotate: () => Promise<{ secret: string }>
}

/** Whether an old secret is still in force, and a new one on demand. */
export function SecretSection({ previousUntil, canChange, note, rotate }: SecretSectionProps) {
  const [secret, setSecret] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    try {
      setSecret((await rotate()).secret)
    } catch (error) {
      announceFailure('The secret was not replaced', error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section aria-label="Signing" className="flex flex-col gap-2">
      <div className="flex min-h-7 items-center justify-between gap-3">
        <h3 className="text-sm font-medium">Secret</h3>
        {canChange && (
          <Button size="sm" busy={busy} onClick={() => void run()}>
            Rotate secret
          </Button>
        )}
      </div>
      {secret !== null ? (
        <SecretOnce secret={secret} note={note} />
      ) : (
        <p className="text-sm text-ink-2">
          Shown once, when it was made.
          {previousUntil !== null && (
            <>
              {' '}
              The one before it is in force until <At at={previousUntil} />.
            </>
          )}
        </p>
      )}
    </section>
  )
}
