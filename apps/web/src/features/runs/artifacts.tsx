import type { Artifact, Run, Step } from '@orrery/shared-types'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { DownloadButton } from '../../components/ui/download-button.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { At } from '../../components/ui/time.tsx'
import { bytes } from '../../lib/format.ts'
import { useListing } from '../../lib/pages.ts'
import { runQueries } from './run.queries.ts'

/** The files that one step left behind, or all steps of a run. */
export function Artifacts({ run, step }: { run: Run; step?: Step }) {
  const { rows, isPending, error, retry, hasMore, loadMore, isLoadingMore } = useListing(runQueries.artifacts(run.id, whose(run, step)))
  if (isPending) return <SkeletonRows rows={3} label="Loading artifacts" />
  if (error) return <ErrorState compact what="The artifacts could not be loaded" error={error} onRetry={retry} />
  if (rows.length === 0) return <NoArtifacts step={step} />
  return (
    <div className="min-h-0 overflow-y-auto">
      <ul aria-label="Artifacts" className="divide-y divide-line">
        {rows.map((artifact) => (
          <Row key={artifact.id} artifact={artifact} isOfOneStep={step !== undefined && step.id === artifact.stepId} />
        ))}
      </ul>
      {hasMore && (
        <div className="p-2">
          <Button size="sm" look="quiet" busy={isLoadingMore} onClick={loadMore}>
            Show more
          </Button>
        </div>
      )}
    </div>
  )
}

/** A step that ran over a list has what its items left behind. */
function whose(run: Run, step: Step | undefined): { stepId?: string; step?: string } {
  if (!step) return {}
  const isWhole = step.itemIndex === null && run.steps.some((one) => one.key === step.key && one.itemIndex !== null)
  return isWhole ? { step: step.key } : { stepId: step.id }
}

function Row({ artifact, isOfOneStep }: { artifact: Artifact; isOfOneStep: boolean }) {
  const { id, name, sizeBytes, sha256, stepKey, itemIndex, attempt, expiresAt } = artifact
  const from = itemIndex === null ? stepKey : `${stepKey}[${itemIndex}]`
  return (
    <li className="flex items-center gap-2 px-4 py-2">
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium" title={name}>
          {name}
        </p>
        <p className="flex flex-wrap items-center gap-x-2 text-xs text-ink-3">
          <span className="tnum">{bytes(sizeBytes)}</span>
          {!isOfOneStep && <span className="truncate">from {from}</span>}
          {attempt > 1 && <span className="tnum">attempt {attempt}</span>}
          <span>
            kept until <At at={expiresAt} />
          </span>
          <span className="inline-flex items-center">
            <span title={`SHA-256 ${sha256}`}>
              SHA-256 <code className="font-mono">{sha256.slice(0, 8)}…</code>
            </span>
            <CopyButton text={sha256} label={`Copy the SHA-256 of ${name}`} />
          </span>
        </p>
      </div>
      <DownloadButton
        path={`/artifacts/${id}/content`}
        fileName={name.slice(name.lastIndexOf('/') + 1)}
        label="Download"
        title={`Download ${name}`}
      />
    </li>
  )
}

const examples: Record<string, string> = {
  shell: 'with:\n  run: make report\n  artifacts: ["report/*.html"]',
  http: 'with:\n  url: https://example.com/report.pdf\n  save: report.pdf',
}

/** Says how files come here, in the words of the step that is looked at. */
function NoArtifacts({ step }: { step: Step | undefined }) {
  const example = examples[step?.uses ?? 'shell']
  return (
    <div className="flex flex-col gap-2 p-4 text-sm text-ink-2">
      <p>{step ? 'This step has left no file behind.' : 'No step of this run has left a file behind.'}</p>
      {example ? (
        <>
          <p className="text-ink-3">
            {step?.uses === 'http'
              ? 'An http step keeps the body of its answer'
              : 'A shell step keeps the files of its folder that fit a pattern'}
            {', for 30 days unless this installation says otherwise:'}
          </p>
          <pre className="overflow-x-auto rounded-md border border-line bg-canvas p-3 font-mono text-xs">{example}</pre>
        </>
      ) : (
        <p className="text-ink-3">Files come from shell and http steps.</p>
      )}
    </div>
  )
}
