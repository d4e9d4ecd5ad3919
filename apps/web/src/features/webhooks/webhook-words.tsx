import type { Delivery, DeliveryStatus, Webhook } from '@orrery/shared-types'
import { Check, Circle, CircleCheck, Pause, RotateCw, SquareX } from 'lucide-react'
import { type Face, Mark } from '../../components/ui/mark.tsx'

const deliveryFaces: Record<DeliveryStatus, Face> = {
  pending: { Icon: Circle, word: 'Waiting', ink: 'text-queued' },
  retrying: { Icon: RotateCw, word: 'Trying again', ink: 'text-blocked' },
  delivered: { Icon: Check, word: 'Delivered', ink: 'text-done' },
  dead: { Icon: SquareX, word: 'Given up', ink: 'text-failed' },
}
const sendingFace: Face = { Icon: Circle, word: 'Sending', ink: 'text-progress' }

export const DeliveryState = ({ delivery }: { delivery: Delivery }) => (
  <Mark {...(delivery.sending ? sendingFace : deliveryFaces[delivery.status])} />
)

export const OnOff = ({ enabled }: { enabled: boolean }) =>
  enabled ? <Mark Icon={CircleCheck} word="On" ink="text-done" /> : <Mark Icon={Pause} word="Off" ink="text-blocked" />

/** Whether what happened arrives, as one sentence. */
export function webhooksSentence(webhooks: readonly Webhook[]): string {
  if (webhooks.length === 0) return 'None yet.'
  const failing = webhooks.filter((each) => each.dead > 0)
  if (failing.length > 0) {
    const dead = failing.reduce((sum, each) => sum + each.dead, 0)
    const names = failing
      .slice(0, 3)
      .map((each) => each.name)
      .join(', ')
    return `${dead.toLocaleString('en')} given up: ${names}.`
  }
  const off = webhooks.filter((each) => each.disabledReason !== null)
  if (off.length > 0) return `${off.map((each) => each.name).join(', ')} switched off: the address is gone.`
  const waiting = webhooks.reduce((sum, each) => sum + each.waiting, 0)
  return waiting > 0 ? `${waiting.toLocaleString('en')} on their way; nothing was given up.` : 'Everything was delivered.'
}
