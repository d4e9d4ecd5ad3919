import type { WorkflowSummary } from '@orrery/shared-types'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { ButtonLink } from '../../components/ui/button.tsx'
import { Input } from '../../components/ui/field.tsx'
import { Page } from '../../components/ui/page.tsx'
import { EmptyState } from '../../components/ui/states.tsx'
import { plural } from '../../lib/format.ts'
import { useListing } from '../../lib/pages.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { workflowQueries } from './workflow.queries.ts'
import { WorkflowTable } from './workflow-table.tsx'

export function WorkflowsPage() {
  const { current } = useProjectScope()
  const [q, setQ] = useState('')
  const listing = useListing(workflowQueries.list({ projectId: current?.id, q: q.trim() || undefined }))
  const create = (
    <ButtonLink to="/workflows/new" look="primary">
      <Plus size={15} aria-hidden />
      New workflow
    </ButtonLink>
  )
  return (
    <Page
      title="Workflows"
      answer={listing.isPending || listing.error ? null : <Answer rows={listing.rows} hasMore={listing.hasMore} />}
      actions={create}
    >
      <Input
        type="search"
        aria-label="Search workflows"
        placeholder="Search workflows"
        value={q}
        onChange={(event) => setQ(event.target.value)}
        className="max-w-72"
      />
      <WorkflowTable listing={listing} empty={q ? <NothingFound q={q} /> : <NoWorkflows />} />
    </Page>
  )
}

function Answer({ rows, hasMore }: { rows: WorkflowSummary[]; hasMore: boolean }) {
  const waiting = rows.filter((row) => row.publishedVersion !== row.latestVersion).length
  if (rows.length === 0) return 'None yet.'
  const count = `${hasMore ? 'More than ' : ''}${plural(rows.length, 'workflow')}`
  const paused = rows.filter((row) => row.pausedAt !== null).length
  const held = paused === 0 ? '' : ` ${plural(paused, 'is', 'are')} paused.`
  return waiting === 0 ? `${count}, all published.${held}` : `${count}, ${waiting} with changes that are not published.${held}`
}

function NothingFound({ q }: { q: string }) {
  return <EmptyState title="Nothing found">{`No workflow’s name or slug has “${q}” in it.`}</EmptyState>
}

export function NoWorkflows() {
  return (
    <EmptyState
      title="No workflows yet"
      action={
        <ButtonLink to="/workflows/new" look="primary">
          Write the first workflow
        </ButtonLink>
      }
    >
      A workflow is a set of steps in YAML: call an address, run code, run a command, fan out over a list. Orrery runs each step durably,
      retries it as you say, and keeps every input, output and log line.
    </EmptyState>
  )
}
