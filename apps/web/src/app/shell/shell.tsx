import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Outlet, ScrollRestoration, useNavigate } from 'react-router'
import { projectQueries } from '../../features/projects/project.queries.ts'
import { useHotkeys } from '../../lib/hotkeys.ts'
import { ProjectScopeContext } from '../../lib/project-scope.ts'
import { useLiveLine } from '../live/use-live-line.ts'
import { BottomBar } from './bottom-bar.tsx'
import { places } from './nav.ts'
import { Rail } from './rail.tsx'
import { TopLine } from './top-line.tsx'
import { useChosenProject } from './use-chosen-project.ts'
import { toggleTheme } from './use-look.ts'

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))
const ShortcutSheet = lazy(async () => ({ default: (await import('./shortcut-sheet.tsx')).ShortcutSheet }))

export function Shell() {
  const { data: projects, error, isPending, refetch } = useQuery(projectQueries.choices())
  const [chosen, choose] = useChosenProject()
  const scope = useMemo(() => {
    const all = projects ?? []
    const current = all.find((project) => project.id === chosen) ?? null
    return { projects: all, isPending, error: projects ? null : error, retry: () => void refetch(), current, choose }
  }, [projects, isPending, error, refetch, chosen, choose])
  return (
    <ProjectScopeContext value={scope}>
      <Frame />
    </ProjectScopeContext>
  )
}

function Frame() {
  useLiveLine()
  const [open, setOpen] = useState<'palette' | 'shortcuts' | null>(null)
  const navigate = useNavigate()
  const go = Object.fromEntries(places.map(({ key, to }) => [`g ${key}`, () => void navigate(to)]))
  useHotkeys({
    'mod+k': () => setOpen('palette'),
    '/': () => setOpen('palette'),
    '?': () => setOpen('shortcuts'),
    'g t': () => void toggleTheme(),
    c: () => void navigate('/workflows/new'),
    ...go,
  })
  const close = () => setOpen(null)
  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to the page
      </a>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col pb-16 md:pb-0">
        <TopLine onSearch={() => setOpen('palette')} />
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto flex w-full max-w-[110rem] min-w-0 flex-1 flex-col outline-none xl:has-[[data-panel]]:pr-112"
        >
          <Outlet />
        </main>
      </div>
      <BottomBar />
      <Suspense>
        {open === 'palette' && <Palette onClose={close} onShortcuts={() => setOpen('shortcuts')} />}
        {open === 'shortcuts' && <ShortcutSheet onClose={close} />}
      </Suspense>
      <ScrollRestoration />
    </div>
  )
}
