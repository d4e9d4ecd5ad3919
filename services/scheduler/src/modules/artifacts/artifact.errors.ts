import { AppError, notFound } from '@orrery/core'

export const artifactNotFound = () => notFound('artifact')
export const leaseLost = () =>
  new AppError('conflict', 'lease_lost', 'This attempt does not hold its lease any more, so nothing of it is stored')
export const nameTaken = (name: string) =>
  new AppError('conflict', 'artifact_exists', `This attempt has stored another ${name} already; give this one another name`)
export const tooLarge = (limit: number) => new AppError('invalid', 'artifact_too_large', `An artifact may have ${limit} bytes at most`)
export const notAsSaid = (what: string) =>
  new AppError('invalid', 'artifact_not_as_said', `What came is not what was announced: its ${what} differs. Send it again`)
export const runFull = (what: string) =>
  new AppError('conflict', 'run_artifacts_full', `The artifacts of this run would go beyond ${what}, which is all that a run may store`)
export const storeAway = (cause: unknown) =>
  new AppError('unavailable', 'object_store_unavailable', 'The object store does not answer; try again', { cause })
