import { readFileSync } from 'node:fs'
import { nodeFlags } from './node-flags.ts'

it.each(['infra/docker/Dockerfile', 'scripts/start.mjs'])('%s starts Node with the same flags', (path) => {
  const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
  expect(text.match(/--[\w-]+=[\w]+/g)?.filter((flag) => nodeFlags.includes(flag))).toEqual(nodeFlags)
})
