import { useProjectScope } from '../../lib/project-scope.ts'
import { Button, ButtonLink } from './button.tsx'
import { EmptyState, ErrorState, SkeletonRows } from './states.tsx'

const most = 12

/** In the place of what is always one project's, while none is chosen. */
export function ChooseProject({ what }: { what: string }) {
  const { projects, isPending, error, retry, choose } = useProjectScope()
  if (isPending) return <SkeletonRows label="Loading projects" />
  if (error) return <ErrorState what="The projects could not be loaded" error={error} onRetry={retry} />
  if (projects.length === 0) {
    const create = (
      <ButtonLink to="/projects/new" look="primary">
        Create a project
      </ButtonLink>
    )
    return (
      <EmptyState title="No projects yet" action={create}>
        {what}
      </EmptyState>
    )
  }
  const choices = projects.slice(0, most).map((project) => (
    <Button key={project.id} onClick={() => choose(project.id)}>
      <span className="max-w-56 truncate">{project.name}</span>
    </Button>
  ))
  return (
    <EmptyState title="Choose a project" action={choices}>
      {what}
    </EmptyState>
  )
}
