import type { Workflow, WorkflowVersion } from '@orrery/shared-types'
import { CircleCheck } from 'lucide-react'
import { useRef } from 'react'
import { Link } from 'react-router'
import { At } from '../../../components/ui/time.tsx'
import { cx } from '../../../lib/cx.ts'
import { moveInList, useHotkeys } from '../../../lib/hotkeys.ts'
import type { Pair } from './pair.ts'
import { Who } from './who.tsx'

type ListProps = {
  workflow: Workflow
  versions: readonly WorkflowVersion[]
  pair: Pair
  toSearch: (pair: Pair) => string
  against: (version: number) => number
}

/** Every version, the latest first; choosing one compares it with what runs now, or with the one before. */
export function VersionList({ workflow, versions, pair, toSearch, against }: ListProps) {
  const list = useRef<HTMLOListElement>(null)
  useHotkeys({ j: () => moveInList(list.current, 1), k: () => moveInList(list.current, -1) })
  return (
    <ol ref={list} aria-label="Versions" className="max-h-96 divide-y divide-line overflow-y-auto">
      {versions.map((each) => {
        const isShown = each.version === pair.to
        return (
          <li key={each.version}>
            <Link
              data-row-link
              to={toSearch({ from: against(each.version), to: each.version })}
              replace
              aria-current={isShown || undefined}
              className={cx(
                'flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-1.5 text-sm hover:bg-hover focus-visible:-outline-offset-2',
                isShown && 'bg-accent-tint hover:bg-accent-tint',
              )}
            >
              <span className="tnum w-8 font-medium">v{each.version}</span>
              <Mark workflow={workflow} version={each} />
              <span className="ml-auto text-xs text-ink-3">
                <At at={each.createdAt} /> by <Who id={each.createdBy} />
              </span>
            </Link>
          </li>
        )
      })}
    </ol>
  )
}

function Mark({ workflow, version }: { workflow: Workflow; version: WorkflowVersion }) {
  if (version.version === workflow.publishedVersion) {
    return (
      <span className="inline-flex items-center gap-1 text-xs font-medium text-done">
        <CircleCheck size={13} aria-hidden />
        Published
      </span>
    )
  }
  if (version.publishedAt !== null) return <span className="text-xs text-ink-3">was published</span>
  return version.version === workflow.latestVersion ? <span className="text-xs text-blocked">draft</span> : null
}
