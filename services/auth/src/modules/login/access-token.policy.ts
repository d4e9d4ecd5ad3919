/** Seconds that an access token lives: fifteen minutes, but never past the end of its session. */
export const accessTokenSeconds = (sessionEndsAt: string, now: number): number =>
  Math.max(1, Math.min(15 * 60, Math.floor((Date.parse(sessionEndsAt) - now) / 1000)))
