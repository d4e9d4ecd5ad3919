import { Type } from '@sinclair/typebox'

/** The prefix says what an id names. Change one and every stored link to it breaks. */
export const idPrefixes = {
  user: 'usr',
  session: 'ses',
  apiKey: 'key',
  project: 'prj',
  task: 'tsk',
  workflow: 'wfl',
  run: 'run',
  step: 'stp',
  artifact: 'art',
  schedule: 'sch',
  webhook: 'whk',
  delivery: 'dlv',
  hook: 'hok',
  hookCall: 'hcl',
  agent: 'agt',
  activity: 'act',
  memory: 'mem',
  worker: 'wkr',
  queue: 'que',
  auditEntry: 'aud',
} as const
export type IdKind = keyof typeof idPrefixes
/** A TypeID: `run_01h455vb4pex5vsknk084sn02q`, a prefix and a UUIDv7 in Crockford base32. */
export type Id<K extends IdKind> = `${(typeof idPrefixes)[K]}_${string}`

/** The schema of one kind of id, so that a run's id is never accepted where an agent's belongs. */
export const IdOf = <K extends IdKind>(kind: K) =>
  Type.Unsafe<Id<K>>(Type.String({ pattern: `^${idPrefixes[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`, description: `Id of a ${kind}` }))
