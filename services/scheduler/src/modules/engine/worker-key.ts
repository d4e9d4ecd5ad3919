import { timingSafeEqual } from 'node:crypto'
import { AppError } from '@orrery/core'

/** Refuses whoever doesn't show the secret that this installation's workers share with the scheduler. */
export function requireWorkerKey(workerKey: string, authorization: string | undefined): void {
  const expected = Buffer.from(`Bearer ${workerKey}`)
  const given = Buffer.from(authorization ?? '')
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new AppError('unauthenticated', 'credentials_invalid', 'This is not the key of a worker')
}
