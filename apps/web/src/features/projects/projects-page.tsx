import type { Project } from '@orrery/shared-types'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Outlet } from 'react-router'
import { ButtonLink } from '../../components/ui/button.tsx'
import { Input } from '../../components/ui/field.tsx'
import { Page } from '../../components/ui/page.tsx'
import { EmptyState } from '../../components/ui/states.tsx'
import { type Column, Table } from '../../components/ui/table.tsx'
import { Ago } from '../../components/ui/time.tsx'
import { percent, plural } from '../../lib/format.ts'
import { useListing } from '../../lib/pages.ts'
import { projectQueries } from './project.queries.ts'

const risks: Record<Project['riskFlag'], string> = { none: 'On track', at_risk: 'At risk', off_track: 'Off track' }

const columns: Column<Project>[] = [
  {
    key: 'name',
    header: 'Project',
    grow: true,
    cell: (project) => (
      <span className="font-medium" title={project.name}>
        {project.name}
      </span>
    ),
  },
  {
    key: 'risk',
    header: 'State',
    hideBelow: 'sm',
    cell: (project) => (
      <span className={project.riskFlag === 'none' ? 'text-ink-2' : 'font-medium text-blocked'}>{risks[project.riskFlag]}</span>
    ),
  },
  { key: 'role', header: 'Your role', hideBelow: 'md', cell: (project) => <span className="text-ink-2 capitalize">{project.role}</span> },
  { key: 'progress', header: 'Tasks done', right: true, cell: (project) => percent(project.progress) },
  { key: 'due', header: 'Due', hideBelow: 'md', right: true, cell: (project) => <Ago at={project.dueAt} /> },
  { key: 'created', header: 'Created', hideBelow: 'sm', right: true, cell: (project) => <Ago at={project.createdAt} /> },
]

export function ProjectsPage() {
  const [q, setQ] = useState('')
  const listing = useListing(projectQueries.list(q.trim()))
  const create = (
    <ButtonLink to="/projects/new" look="primary">
      <Plus size={15} aria-hidden />
      New project
    </ButtonLink>
  )
  const empty = q ? <EmptyState title="Nothing found">{`No project has “${q}” in it.`}</EmptyState> : <NoProjects />
  return (
    <Page title="Projects" answer={listing.isPending || listing.error ? null : answer(listing.rows, listing.hasMore)} actions={create}>
      <Input
        type="search"
        aria-label="Search projects"
        placeholder="Search projects"
        value={q}
        onChange={(event) => setQ(event.target.value)}
        className="max-w-72"
      />
      <Table
        label="Projects"
        columns={columns}
        listing={listing}
        rowKey={(row) => row.id}
        rowTo={(row) => `/projects/${row.id}`}
        empty={empty}
      />
      <Outlet />
    </Page>
  )
}

function answer(rows: Project[], hasMore: boolean): string {
  if (rows.length === 0) return 'None yet.'
  const risky = rows.filter((row) => row.riskFlag !== 'none').length
  const count = `${hasMore ? 'More than ' : ''}${plural(rows.length, 'project')}`
  return risky === 0 ? `${count}, none at risk.` : `${count}, ${risky} at risk.`
}

function NoProjects() {
  return (
    <EmptyState
      title="No projects yet"
      action={
        <ButtonLink to="/projects/new" look="primary">
          Create the first project
        </ButtonLink>
      }
    >
      A project holds the workflows, schedules, runs and tasks of one undertaking, and says who may see and steer them. Everything else
      begins with one.
    </EmptyState>
  )
}
