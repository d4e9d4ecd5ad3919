import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'

type Tab = { value: string; label: ReactNode; content: ReactNode }

export function Tabs({
  value,
  onChange,
  tabs,
  aside,
}: {
  value: string
  onChange: (value: string) => void
  tabs: Tab[]
  aside?: ReactNode
}) {
  return (
    <Base.Root value={value} onValueChange={(next) => onChange(String(next))} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex min-h-10 items-center justify-between gap-2 border-b border-line px-2">
        <Base.List className="flex h-full gap-1 overflow-x-auto">
          {tabs.map((tab) => (
            <Base.Tab
              key={tab.value}
              value={tab.value}
              className="relative flex min-h-10 items-center gap-1.5 px-2 text-sm font-medium whitespace-nowrap text-ink-3 hover:text-ink focus-visible:-outline-offset-2 data-[active]:text-ink data-[active]:after:absolute data-[active]:after:inset-x-1 data-[active]:after:bottom-[-1px] data-[active]:after:h-0.5 data-[active]:after:bg-accent"
            >
              {tab.label}
            </Base.Tab>
          ))}
        </Base.List>
        {aside}
      </div>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="flex min-h-0 min-w-0 flex-1 flex-col focus-visible:-outline-offset-2">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
