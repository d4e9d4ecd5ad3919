import { useSession } from '../../../lib/session.ts'

/** Who did it: oneself by that word, others by their id, of which only administrators know the names. */
export function Who({ id }: { id: string }) {
  const me = useSession((session) => session.user?.id)
  if (id === me) return 'you'
  return (
    <code className="font-mono text-xs" title={id}>
      {id.length > 16 ? `${id.slice(0, 4)}…${id.slice(-6)}` : id}
    </code>
  )
}
