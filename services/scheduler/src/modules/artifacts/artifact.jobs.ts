import { type Deps, every, ownCtx } from '@orrery/service-kit'
import type { ArtifactMachinery } from './artifact.context.ts'
import { dropExpired, dropOrphans } from './sweep-artifacts.ts'

const expiredEveryMs = 60_000
const orphansEveryMs = 3_600_000

/** Lets nothing lie longer than it is to be kept. */
export function keepTidy(deps: Deps, machinery: ArtifactMachinery): { close: () => Promise<void> } {
  const ctx = { ...ownCtx(deps, 'artifacts'), ...machinery }
  const expired = every(deps, 'artifacts past their time', expiredEveryMs, () => dropExpired(ctx))
  const orphans = every(deps, 'objects without an artifact', orphansEveryMs, () => dropOrphans(ctx))
  return {
    async close() {
      await Promise.all([expired.close(), orphans.close()])
    },
  }
}
