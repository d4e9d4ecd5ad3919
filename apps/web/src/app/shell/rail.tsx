import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { Fragment, useState } from 'react'
import { Link, NavLink } from 'react-router'
import { IconButton } from '../../components/ui/button.tsx'
import { Logo } from '../../components/ui/logo.tsx'
import { cx } from '../../lib/cx.ts'
import { places } from './nav.ts'
import { ProfileMenu } from './profile-menu.tsx'
import { ProjectSwitcher } from './project-switcher.tsx'

const kept = 'orrery.rail'
const readNarrow = () => {
  try {
    return localStorage.getItem(kept) === 'narrow'
  } catch {
    return false
  }
}

export function Rail() {
  const [narrow, setNarrow] = useState(readNarrow)
  const toggle = () => {
    setNarrow(!narrow)
    try {
      localStorage.setItem(kept, narrow ? 'wide' : 'narrow')
    } catch {
      // The choice then lasts for this page.
    }
  }
  const Toggle = narrow ? PanelLeftOpen : PanelLeftClose
  return (
    <nav
      aria-label="Main"
      className={cx(
        'sticky top-0 flex h-dvh shrink-0 flex-col gap-1 border-r border-line bg-canvas p-2 max-md:hidden',
        narrow ? 'w-13' : 'w-56',
      )}
    >
      <div className={cx('flex items-center gap-2', narrow ? 'flex-col pt-1' : 'h-9 pl-1.5')}>
        <Link
          to="/"
          aria-label="Orrery, overview"
          className="flex min-w-0 flex-1 items-center gap-2 rounded-sm font-semibold tracking-tight"
        >
          <Logo />
          {!narrow && 'Orrery'}
        </Link>
        <IconButton label={narrow ? 'Widen the rail' : 'Narrow the rail'} onClick={toggle}>
          <Toggle size={15} />
        </IconButton>
      </div>
      <ProjectSwitcher narrow={narrow} />
      <ul className="mt-1 flex flex-1 flex-col gap-0.5 overflow-y-auto">
        {places.map((place, at) => (
          <Fragment key={place.to}>
            {at > 0 && places[at - 1]?.group !== place.group && <li aria-hidden className="mx-2 my-1.5 h-px bg-line" />}
            <li>
              <NavLink
                to={place.to}
                end={place.to === '/'}
                title={narrow ? place.name : undefined}
                className={({ isActive }) =>
                  cx(
                    'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium',
                    isActive ? 'bg-raised text-ink' : 'text-ink-2 hover:bg-raised hover:text-ink',
                  )
                }
              >
                <place.Icon size={16} aria-hidden className="shrink-0" />
                <span className={narrow ? 'sr-only' : ''}>{place.name}</span>
              </NavLink>
            </li>
          </Fragment>
        ))}
      </ul>
      <ProfileMenu narrow={narrow} />
    </nav>
  )
}
