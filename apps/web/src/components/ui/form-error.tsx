import { CircleAlert } from 'lucide-react'

export function FormError({ message }: { message: string | null }) {
  if (message === null) return null
  return (
    <p role="alert" className="flex items-start gap-2 rounded-md bg-failed-tint px-3 py-2 text-sm text-failed">
      <CircleAlert size={15} aria-hidden className="mt-0.5 shrink-0" />
      {message}
    </p>
  )
}
