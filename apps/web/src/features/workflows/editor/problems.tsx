import type { DefinitionError } from '@orrery/shared-types'
import { CircleAlert, CircleCheck, LoaderCircle } from 'lucide-react'
import { Button } from '../../../components/ui/button.tsx'
import { plural } from '../../../lib/format.ts'
import type { Check } from './use-verdict.ts'

/** Every complaint about the text; choosing one goes to its line. */
export function Problems({ check, onGo }: { check: Check; onGo: (error: DefinitionError) => void }) {
  return (
    <section aria-label="Problems" className="flex max-h-56 min-h-10 shrink-0 flex-col border-t border-line">
      <p role="status" className="flex min-h-10 items-center gap-2 px-4 text-sm">
        <Word check={check} />
      </p>
      {check.errors.length > 0 && (
        <ul className="overflow-y-auto border-t border-line">
          {check.errors.map((error, at) => (
            <li key={`${error.path}:${error.message}:${at}`}>
              <button
                type="button"
                onClick={() => onGo(error)}
                className="flex min-h-8 w-full items-baseline gap-3 px-4 py-1 text-left text-sm hover:bg-hover focus-visible:-outline-offset-2"
              >
                <span className="tnum w-16 shrink-0 text-xs text-ink-3">{error.line ? `Line ${error.line}` : '–'}</span>
                <span className="min-w-0 flex-1">{error.message}</span>
                <code className="max-w-[40%] truncate font-mono text-xs text-ink-3 max-sm:hidden">{error.path}</code>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Word({ check }: { check: Check }) {
  if (check.phase === 'unknown') {
    return (
      <>
        <CircleAlert size={14} aria-hidden className="text-blocked" />
        <span className="flex-1">Unknown: the text could not be checked</span>
        <Button size="sm" look="quiet" onClick={check.retry}>
          Check again
        </Button>
      </>
    )
  }
  if (check.errors.length > 0) {
    return (
      <>
        <CircleAlert size={14} aria-hidden className="text-failed" />
        {plural(check.errors.length, 'problem')}
      </>
    )
  }
  if (check.phase === 'checking') {
    return (
      <>
        <LoaderCircle size={14} aria-hidden className="text-ink-3" />
        Checking
      </>
    )
  }
  return (
    <>
      <CircleCheck size={14} aria-hidden className="text-done" />
      No problems
    </>
  )
}
