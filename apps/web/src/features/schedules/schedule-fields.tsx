import type { ReactNode } from 'react'
import { fieldError } from '../../lib/api-error.ts'
import { BoundFields } from './bound-fields.tsx'
import { Fires, type useFires } from './fires.tsx'
import { readPolicy } from './policy.ts'
import { PolicyFields } from './policy-fields.tsx'
import { askedBy, type FormValues } from './schedule-form.ts'
import { WhenFields, type WhenValues } from './when-fields.tsx'

type ScheduleFieldsProps = {
  values: FormValues
  onChange: (values: FormValues) => void
  fires: ReturnType<typeof useFires>
  /** Somebody pressed the button: now what is missing is said. */
  tried: boolean
  /** What the server said of the whole form. */
  error: Error | null
}

/** When a schedule fires and what it does when it can't, for whoever makes or changes one. */
export function ScheduleFields({ values, onChange, fires, tried, error }: ScheduleFieldsProps) {
  const set = (change: Partial<FormValues>) => onChange({ ...values, ...change })
  const at = (...paths: string[]) => complaint(fires.refusal, paths) ?? complaint(error, paths)
  const when = tried && !askedBy(values) ? missing[values.when.kind] : at('/cron', '/everyMs', '/at')
  return (
    <>
      <WhenFields values={values.when} onChange={(when) => set({ when })} errors={{ when, timezone: at('/timezone') }} />
      <BoundFields values={values.bounds} onChange={(bounds) => set({ bounds })} errors={{ start: at('/startAt'), end: at('/endAt') }} />
      <Part title="Next ten fires">
        <Fires fires={fires} />
      </Part>
      <Part title="When it can’t keep its times">
        <PolicyFields
          values={values.policy}
          onChange={(policy) => set({ policy })}
          errors={tried ? readPolicy(values.policy).errors : {}}
        />
      </Part>
    </>
  )
}

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">{title}</h3>
      {children}
    </section>
  )
}

const missing: Record<WhenValues['kind'], string> = {
  cron: 'Write a pattern',
  every: 'At least a second',
  once: 'Choose a date and a time',
}

const shown = ['/cron', '/everyMs', '/at', '/timezone', '/startAt', '/endAt']
/** Whether what the server said stands at one of the fields. */
export const isAtField = (error: Error | null): boolean => complaint(error, shown) !== undefined

/** What the scheduler says about one of these fields. */
const complaint = (error: Error | null, paths: readonly string[]) =>
  paths.map((path) => fieldError(error, path)).find((message) => message !== undefined)
