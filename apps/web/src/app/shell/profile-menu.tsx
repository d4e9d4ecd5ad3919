import { Menu, MenuItem, MenuNote, MenuSeparator } from '../../components/ui/menu.tsx'
import { announce } from '../../components/ui/notices.ts'
import { logOut } from '../../features/auth/auth.ts'
import { useSession } from '../../lib/session.ts'
import { setDensity, useLook } from '../../lib/theme.ts'
import { chooseTheme } from './use-look.ts'

export function ProfileMenu({ narrow }: { narrow: boolean }) {
  const user = useSession((session) => session.user)
  const { theme, density } = useLook()
  if (!user) return null
  const name = user.fullName ?? user.username
  const copyId = async () => {
    await navigator.clipboard.writeText(user.id)
    announce('Your user id is copied')
  }
  const trigger = (
    <button type="button" className="flex h-10 w-full items-center gap-2 rounded-md px-1.5 text-left hover:bg-raised">
      <span
        aria-hidden
        className="flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-tint text-xs font-semibold text-accent uppercase"
      >
        {name.slice(0, 2)}
      </span>
      <span className="sr-only">Account of</span>
      <span className={narrow ? 'sr-only' : 'min-w-0 flex-1 truncate text-sm font-medium'}>{name}</span>
    </button>
  )
  return (
    <Menu trigger={trigger} side="top">
      <MenuNote>
        {user.email} · {user.role}
      </MenuNote>
      <MenuItem onSelect={() => void copyId()}>Copy your user id</MenuItem>
      <MenuSeparator />
      <MenuItem checked={theme === 'light'} onSelect={() => void chooseTheme('light')}>
        Light theme
      </MenuItem>
      <MenuItem checked={theme === 'dark'} onSelect={() => void chooseTheme('dark')}>
        Dark theme
      </MenuItem>
      <MenuSeparator />
      <MenuItem checked={density === 'dense'} onSelect={() => setDensity('dense')}>
        Dense rows
      </MenuItem>
      <MenuItem checked={density === 'comfortable'} onSelect={() => setDensity('comfortable')}>
        Comfortable rows
      </MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => void logOut()}>Log out</MenuItem>
    </Menu>
  )
}
