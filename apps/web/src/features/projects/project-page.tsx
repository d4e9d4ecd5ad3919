import type { Project } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useParams, useSearchParams } from 'react-router'
import { ButtonLink } from '../../components/ui/button.tsx'
import { Card, Page } from '../../components/ui/page.tsx'
import { ErrorState, SkeletonRows } from '../../components/ui/states.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { moment, percent } from '../../lib/format.ts'
import { useTopics } from '../../lib/live-store.ts'
import { Members } from './members.tsx'
import { projectQueries } from './project.queries.ts'

type Slot = (project: Project) => ReactNode

/** One project: what belongs to it comes from the features that own it. */
export function ProjectPage({ workflows, tasks }: { workflows: Slot; tasks: Slot }) {
  const { projectId = '' } = useParams()
  const [search, setSearch] = useSearchParams()
  useTopics([`project:${projectId}`])
  const { data: project, error, isPending, refetch } = useQuery(projectQueries.detail(projectId))
  if (isPending) return <SkeletonRows isPage rows={10} label="Loading project" />
  if (!project) return <ErrorState isPage what="The project could not be loaded" error={error} onRetry={() => void refetch()} />
  const tabs = [
    { value: 'workflows', label: 'Workflows', content: workflows(project) },
    { value: 'tasks', label: 'Tasks', content: tasks(project) },
    { value: 'members', label: 'Members', content: <Members project={project} /> },
  ]
  return (
    <Page title={project.name} answer={sentence(project)} actions={<ButtonLink to="/workflows/new">New workflow</ButtonLink>}>
      {project.description && <p className="max-w-3xl whitespace-pre-wrap text-ink-2">{project.description}</p>}
      <Card className="flex flex-col">
        <Tabs value={search.get('tab') ?? 'workflows'} onChange={(tab) => setSearch({ tab }, { replace: true })} tabs={tabs} />
      </Card>
    </Page>
  )
}

function sentence(project: Project): string {
  const parts = [`${percent(project.progress)} of its tasks are done`]
  if (project.riskFlag !== 'none') parts.push(project.riskFlag === 'at_risk' ? 'at risk' : 'off track')
  if (project.dueAt) parts.push(`due ${moment(project.dueAt)}`)
  parts.push(`you are ${project.role === 'owner' || project.role === 'operator' ? 'an' : 'a'} ${project.role}`)
  return `${parts.join(' · ')}.`
}
