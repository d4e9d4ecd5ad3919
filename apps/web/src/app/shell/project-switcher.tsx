import { ChevronsUpDown, Layers } from 'lucide-react'
import { useNavigate } from 'react-router'
import { Menu, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { cx } from '../../lib/cx.ts'
import { useProjectScope } from '../../lib/project-scope.ts'

/** Narrows every list to one project. */
export function ProjectSwitcher({ narrow }: { narrow: boolean }) {
  const { projects, current, choose } = useProjectScope()
  const navigate = useNavigate()
  const name = current?.name ?? 'All projects'
  const trigger = (
    <button
      type="button"
      aria-label={`Project: ${name}`}
      title={name}
      className={cx(
        'flex h-9 w-full items-center gap-2 rounded-md border border-line bg-surface px-2 text-sm hover:bg-hover',
        narrow && 'justify-center',
      )}
    >
      <Layers size={15} aria-hidden className="shrink-0 text-ink-3" />
      {!narrow && <span className="min-w-0 flex-1 truncate text-left font-medium">{name}</span>}
      {!narrow && <ChevronsUpDown size={14} aria-hidden className="shrink-0 text-ink-3" />}
    </button>
  )
  return (
    <Menu trigger={trigger}>
      <MenuItem checked={current === null} onSelect={() => choose(null)}>
        All projects
      </MenuItem>
      {projects.map((project) => (
        <MenuItem key={project.id} checked={project.id === current?.id} onSelect={() => choose(project.id)}>
          <span className="max-w-64 truncate">{project.name}</span>
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem onSelect={() => void navigate('/projects/new')}>New project</MenuItem>
    </Menu>
  )
}
