import { Menu as MenuIcon } from 'lucide-react'
import { NavLink, useNavigate } from 'react-router'
import { Menu, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { logOut } from '../../features/auth/auth.ts'
import { cx } from '../../lib/cx.ts'
import { useProjectScope } from '../../lib/project-scope.ts'
import { useLook } from '../../lib/theme.ts'
import { places } from './nav.ts'
import { toggleTheme } from './use-look.ts'

const item = 'flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs focus-visible:-outline-offset-2'
const inBar = ['/', '/runs', '/workflows', '/schedules']

/** On a phone: five places within reach of the thumb, the rest behind the last. */
export function BottomBar() {
  return (
    <nav
      aria-label="Places"
      className="fixed inset-x-0 bottom-0 z-20 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {places
        .filter(({ to }) => inBar.includes(to))
        .map((place) => (
          <NavLink
            key={place.to}
            to={place.to}
            end={place.to === '/'}
            className={({ isActive }) => cx(item, isActive ? 'font-medium text-accent' : 'text-ink-2')}
          >
            <place.Icon size={18} aria-hidden />
            {place.name}
          </NavLink>
        ))}
      <More />
    </nav>
  )
}

function More() {
  const navigate = useNavigate()
  const { projects, current, choose } = useProjectScope()
  const theme = useLook((look) => look.theme)
  const trigger = (
    <button type="button" className={cx(item, 'text-ink-2')}>
      <MenuIcon size={18} aria-hidden />
      More
    </button>
  )
  return (
    <Menu trigger={trigger} side="top" align="end">
      {places
        .filter(({ to }) => !inBar.includes(to))
        .map((place) => (
          <MenuItem key={place.to} onSelect={() => void navigate(place.to)}>
            <place.Icon size={16} aria-hidden />
            {place.name}
          </MenuItem>
        ))}
      <MenuSeparator />
      <MenuItem checked={current === null} onSelect={() => choose(null)}>
        All projects
      </MenuItem>
      {projects.slice(0, 8).map((project) => (
        <MenuItem key={project.id} checked={project.id === current?.id} onSelect={() => choose(project.id)}>
          <span className="max-w-56 truncate">{project.name}</span>
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem onSelect={() => void toggleTheme()}>{theme === 'dark' ? 'Light theme' : 'Dark theme'}</MenuItem>
      <MenuItem onSelect={() => void logOut()}>Log out</MenuItem>
    </Menu>
  )
}
