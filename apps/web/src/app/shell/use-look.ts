import { announceFailure } from '../../components/ui/notices.ts'
import { updateMe } from '../../features/auth/auth.ts'
import { setTheme, type Theme, useLook } from '../../lib/theme.ts'

/** Changes at once here; the account remembers it for other devices. */
export async function chooseTheme(theme: Theme): Promise<void> {
  setTheme(theme)
  await updateMe({ theme }).catch((error: unknown) => announceFailure('The theme is changed on this device only', error))
}

export const toggleTheme = () => chooseTheme(useLook.getState().theme === 'dark' ? 'light' : 'dark')
