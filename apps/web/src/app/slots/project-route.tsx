import { ProjectPage } from '../../features/projects/project-page.tsx'
import { TaskList } from '../../features/tasks/task-list.tsx'
import { ProjectWorkflows } from '../../features/workflows/project-workflows.tsx'
import { roleAtLeast } from '../../lib/roles.ts'

export const ProjectRoute = () => (
  <ProjectPage
    workflows={(project) => <ProjectWorkflows projectId={project.id} />}
    tasks={(project) => <TaskList projectId={project.id} canChange={roleAtLeast(project.role, 'operator')} />}
  />
)
