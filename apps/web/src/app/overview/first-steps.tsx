import { ButtonLink } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/page.tsx'

const steps = [
  {
    title: 'Create a project',
    text: 'It holds workflows, schedules and runs, and says who may see them.',
    to: '/projects/new',
    verb: 'Create a project',
  },
  {
    title: 'Write a workflow',
    text: 'Start from one that runs as it stands: it calls an address, runs code and fans out.',
    to: '/workflows/new',
    verb: 'Write a workflow',
  },
  {
    title: 'Give it a schedule',
    text: 'By cron, at a fixed pace or once; you see the next ten fires first.',
    to: '/schedules/new',
    verb: 'Create a schedule',
  },
] as const

export function FirstSteps({ done }: { done: number }) {
  return (
    <Card title="Begin here" className="max-w-3xl">
      <ol className="divide-y divide-line">
        {steps.map((step, at) => (
          <li key={step.to} className="flex flex-wrap items-center gap-4 px-4 py-4">
            <span
              aria-hidden
              className="tnum flex size-7 items-center justify-center rounded-full border border-line-strong text-sm font-semibold text-ink-2"
            >
              {at < done ? '✓' : at + 1}
            </span>
            <div className="min-w-0 flex-1 basis-56">
              <h3 className="font-semibold">
                {step.title}
                {at < done && <span className="sr-only"> (done)</span>}
              </h3>
              <p className="text-sm text-ink-2">{step.text}</p>
            </div>
            {at === done && (
              <ButtonLink to={step.to} look="primary">
                {step.verb}
              </ButtonLink>
            )}
          </li>
        ))}
      </ol>
    </Card>
  )
}
