import type { DeadLetter, Queue } from '@orrery/shared-types'
import { Circle, CircleArrowRight, Gauge, Minus, Pause, RotateCw, SquareX, UserX } from 'lucide-react'
import { type Face, Mark } from '../../components/ui/mark.tsx'
import { type DeadLetterState, type QueueStand, standOf, stateOf } from './queue-words.ts'

const faces: Record<QueueStand, Face> = {
  paused: { Icon: Pause, word: 'Paused', ink: 'text-blocked' },
  no_worker: { Icon: UserX, word: 'No worker', ink: 'text-failed' },
  at_limit: { Icon: Gauge, word: 'At its limit', ink: 'text-blocked' },
  working: { Icon: CircleArrowRight, word: 'Working', ink: 'text-progress' },
  idle: { Icon: Circle, word: 'Idle', ink: 'text-ink-2' },
}

export const QueueState = ({ queue }: { queue: Queue }) => <Mark {...faces[standOf(queue)]} />

const letterFaces: Record<DeadLetterState, Face> = {
  open: { Icon: SquareX, word: 'Open', ink: 'text-failed' },
  redriven: { Icon: RotateCw, word: 'Redriven', ink: 'text-done' },
  dismissed: { Icon: Minus, word: 'Dismissed', ink: 'text-canceled' },
}

export const LetterState = ({ letter }: { letter: DeadLetter }) => <Mark {...letterFaces[stateOf(letter)]} />
