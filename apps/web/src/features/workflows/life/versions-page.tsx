import type { Workflow, WorkflowVersion } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearchParams } from 'react-router'
import { ButtonLink } from '../../../components/ui/button.tsx'
import { Card, Page } from '../../../components/ui/page.tsx'
import { ErrorState, SkeletonRows } from '../../../components/ui/states.tsx'
import { plural } from '../../../lib/format.ts'
import { useListing } from '../../../lib/pages.ts'
import { workflowQueries } from '../workflow.queries.ts'
import { LifeActions } from './life-actions.tsx'
import { comparedWith, type Pair, pairOf } from './pair.ts'
import { StandNote } from './stand-note.tsx'
import { Transitions } from './transitions.tsx'
import { VersionDiff } from './version-diff.tsx'
import { VersionList } from './version-list.tsx'

/** The life of a workflow: its versions, what differs between them, which one runs, and what became of it. */
export function VersionsPage() {
  const { workflowId = '' } = useParams()
  const workflow = useQuery(workflowQueries.detail(workflowId))
  const versions = useListing(workflowQueries.versions(workflowId))
  if (workflow.isPending || versions.isPending) return <SkeletonRows isPage rows={12} label="Loading versions" />
  if (!workflow.data || versions.error) {
    const retry = () => {
      void workflow.refetch()
      versions.retry()
    }
    return <ErrorState isPage what="The versions could not be loaded" error={workflow.error ?? versions.error} onRetry={retry} />
  }
  return <Versions workflow={workflow.data} versions={versions.rows} />
}

const toSearch = ({ from, to }: Pair) => `?from=${from}&to=${to}`

function Versions({ workflow, versions }: { workflow: Workflow; versions: readonly WorkflowVersion[] }) {
  const [search, setSearch] = useSearchParams()
  const pair = pairOf(workflow, versions, search)
  const choose = ({ from, to }: Pair) => setSearch({ from: String(from), to: String(to) }, { replace: true })
  const actions = (
    <>
      <ButtonLink to={`/workflows/${workflow.id}`}>Open the editor</ButtonLink>
      <LifeActions workflow={workflow} />
    </>
  )
  return (
    <Page title={workflow.name} answer={sentence(workflow, versions.length)} actions={actions}>
      <StandNote workflow={workflow} />
      <div className="grid items-start gap-4 lg:grid-cols-[21rem_minmax(0,1fr)] lg:grid-rows-[auto_1fr]">
        <Card title="Versions">
          <VersionList
            workflow={workflow}
            versions={versions}
            pair={pair}
            toSearch={toSearch}
            against={(version) => comparedWith(workflow, version)}
          />
        </Card>
        <div className="min-w-0 lg:row-span-2">
          <VersionDiff workflow={workflow} versions={versions} pair={pair} onChoose={choose} />
        </div>
        <Card title="What became of it">
          <Transitions workflowId={workflow.id} />
        </Card>
      </div>
    </Page>
  )
}

function sentence({ publishedVersion, latestVersion, status, pausedAt }: Workflow, count: number): string {
  const all = plural(count, 'version')
  if (status === 'archived') return `${all}; retired, nothing of it starts.`
  if (publishedVersion === null) return `${all}; none is published, so nothing runs.`
  if (pausedAt !== null) return `${all}; paused with version ${publishedVersion} published.`
  if (publishedVersion === latestVersion) return `${all}; new runs take the latest, ${publishedVersion}.`
  return publishedVersion < latestVersion
    ? `${all}; new runs take ${publishedVersion}, while ${latestVersion} is not published.`
    : `${all}; new runs take ${publishedVersion}.`
}
