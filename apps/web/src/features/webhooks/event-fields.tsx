import { type EventChoice, eventGroups, everything } from './event-kinds.ts'

type EventFieldsProps = { value: EventChoice[]; onChange: (types: EventChoice[]) => void; error: string | undefined }

/** All events, or some of them. */
export function EventFields({ value, onChange, error }: EventFieldsProps) {
  const all = value.includes(everything)
  const toggle = (kind: EventChoice) => onChange(value.includes(kind) ? value.filter((each) => each !== kind) : [...value, kind])
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Events</legend>
      <label className="flex min-h-7 items-center gap-2 text-sm">
        <input type="checkbox" className={box} checked={all} onChange={() => onChange(all ? [] : [everything])} />
        All events of the project
      </label>
      {!all && (
        <div className="flex flex-col gap-3 rounded-md border border-line p-3">
          {eventGroups.map(({ title, kinds }) => (
            <div key={title} role="group" aria-label={title} className="flex flex-col">
              <span className="text-xs text-ink-3">{title}</span>
              {kinds.map((kind) => (
                <label key={kind} className="flex min-h-7 items-center gap-2 text-sm">
                  <input type="checkbox" className={box} checked={value.includes(kind)} onChange={() => toggle(kind)} />
                  <code className="font-mono text-xs">{kind}</code>
                </label>
              ))}
            </div>
          ))}
        </div>
      )}
      {error && (
        <p role="alert" className="text-xs text-failed">
          {error}
        </p>
      )}
    </fieldset>
  )
}

const box = 'size-4 shrink-0 accent-[var(--accent-fill)]'
