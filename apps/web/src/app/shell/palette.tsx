import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { CornerDownLeft, CornerDownRight, Keyboard, Layers, Plus, SunMoon, Workflow } from 'lucide-react'
import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Kbd } from '../../components/ui/kbd.tsx'
import { workflowQueries } from '../../features/workflows/workflow.queries.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { innerPlaces, makings, places } from './nav.ts'
import { toggleTheme } from './use-look.ts'

type PaletteProps = { onClose: () => void; onShortcuts: () => void }

/** Everything that can be reached or done, by name. */
export function Palette({ onClose, onShortcuts }: PaletteProps) {
  const navigate = useNavigate()
  const go = (to: string) => () => {
    onClose()
    void navigate(to)
  }
  return (
    <Dialog open onClose={onClose} title="Search or jump to" hideTitle wide>
      <Command label="Search or jump to" loop>
        <Command.Input
          autoFocus
          placeholder="Search or jump to"
          className="h-12 w-full border-b border-line bg-transparent px-4 text-lg outline-none"
        />
        <Command.List className="max-h-[50vh] overflow-y-auto p-1">
          <Command.Empty className="px-3 py-6 text-ink-3">Nothing has that name.</Command.Empty>
          <Group heading="Go to">
            {places.map(({ to, name, Icon, key }) => (
              <Item key={to} onSelect={go(to)} icon={<Icon size={15} />} keys={['G', key.toUpperCase()]}>
                {name}
              </Item>
            ))}
            {innerPlaces.map(({ to, name }) => (
              <Item key={to} onSelect={go(to)} icon={<CornerDownRight size={15} />}>
                {name}
              </Item>
            ))}
          </Group>
          <Group heading="Make">
            {makings.map(({ to, name }) => (
              <Item key={to} onSelect={go(to)} icon={<Plus size={15} />}>
                {name}
              </Item>
            ))}
          </Group>
          <Workflows go={go} />
          <Projects onClose={onClose} />
          <Group heading="Settings">
            <Item icon={<SunMoon size={15} />} onSelect={() => void toggleTheme()} keys={['G', 'T']}>
              Switch theme
            </Item>
            <Item icon={<Keyboard size={15} />} onSelect={onShortcuts} keys={['?']}>
              Keyboard
            </Item>
          </Group>
        </Command.List>
      </Command>
    </Dialog>
  )
}

function Workflows({ go }: { go: (to: string) => () => void }) {
  const { current } = useProjectScope()
  const { data = [] } = useQuery(workflowQueries.choices(current?.id))
  if (data.length === 0) return null
  return (
    <Group heading="Published workflows">
      {data.map((workflow) => (
        <Item
          key={workflow.id}
          value={`${workflow.name} ${workflow.slug} ${workflow.id}`}
          onSelect={go(`/workflows/${workflow.id}`)}
          icon={<Workflow size={15} />}
        >
          {workflow.name}
        </Item>
      ))}
    </Group>
  )
}

function Projects({ onClose }: { onClose: () => void }) {
  const { projects, choose } = useProjectScope()
  if (projects.length === 0) return null
  const pick = (id: (typeof projects)[number]['id'] | null) => () => {
    choose(id)
    onClose()
  }
  return (
    <Group heading="Show one project">
      <Item onSelect={pick(null)} icon={<Layers size={15} />}>
        All projects
      </Item>
      {projects.map((project) => (
        <Item key={project.id} value={`${project.name} ${project.id}`} onSelect={pick(project.id)} icon={<Layers size={15} />}>
          {project.name}
        </Item>
      ))}
    </Group>
  )
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  )
}

type ItemProps = { children: ReactNode; icon: ReactNode; onSelect: () => void; keys?: string[]; value?: string }

function Item({ children, icon, onSelect, keys, value }: ItemProps) {
  return (
    <Command.Item
      {...(value !== undefined && { value })}
      onSelect={onSelect}
      className="group flex min-h-9 cursor-default items-center gap-3 rounded-sm px-3 text-base data-[selected=true]:bg-raised"
    >
      <span aria-hidden className="text-ink-3">
        {icon}
      </span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {keys?.map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
      {!keys && <CornerDownLeft size={13} aria-hidden className="text-ink-3 opacity-0 group-data-[selected=true]:opacity-100" />}
    </Command.Item>
  )
}
