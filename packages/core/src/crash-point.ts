/** Places in the code at which a test can have a process die, chosen because dying there tells most. */
export const crashPoints = [
  /** The engine has leased steps to workers, and nothing of that is committed. */
  'after-claim',
  /** The engine has sent all that it writes, but not the commit. */
  'before-commit',
  /** The engine's transaction is committed, and nobody knows yet. */
  'after-commit-before-answer',
  /** A worker has called somebody outside, and has told nobody how that went. */
  'after-effect-before-result',
  /** The relay has stamped events, and has not rung for them. */
  'after-stamp-before-publish',
  /** Ticks of schedules are in the ledger, and their runs are not committed. */
  'after-fire-before-commit',
] as const
export type CrashPoint = (typeof crashPoints)[number]

let armed: { point: CrashPoint; left: number } | undefined

/**
 * Has this process kill itself the nth time that it comes to a point: `before-commit:3`. For tests alone.
 * @throws Error where NODE_ENV is production, or when there is no such point
 */
export function armCrash(setting: string | undefined, nodeEnv: string | undefined): void {
  if (setting === undefined) return
  if (nodeEnv === 'production') throw new Error('ORRERY_CRASH_AT ends the process on purpose, so it is refused in production: remove it')
  const [point, nth = '1'] = setting.split(':')
  const known = crashPoints.find((each) => each === point)
  if (!known || !/^[1-9]\d{0,5}$/.test(nth))
    throw new Error(`ORRERY_CRASH_AT: ${setting} is none of ${crashPoints.join(', ')}, with :n for the nth time`)
  armed = { point: known, left: Number(nth) }
}

/** A place at which a test may have this process die as if by `kill -9`. Does nothing otherwise. */
export function crashPoint(point: CrashPoint): void {
  if (armed?.point !== point) return
  armed.left -= 1
  if (armed.left === 0) process.kill(process.pid, 'SIGKILL')
}
