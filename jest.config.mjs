import { existsSync } from 'node:fs'
import { nodeProject, toolingProject, webProject } from './packages/config/jest.base.mjs'

const root = import.meta.dirname
const at = (...paths) => paths.map((path) => `${root}/${path}`).filter(existsSync)
const webSetup = at('apps/web/src/test/setup.ts')

export default {
  maxWorkers: 2,
  testTimeout: 30_000,
  projects: [
    toolingProject(at('packages/config', 'packages/servers', 'packages/shared-types')),
    nodeProject(at('packages/core', 'packages/service-kit', 'packages/testing', 'services', 'apps/standalone', 'tests', 'bench')),
    { ...webProject(at('apps/web'), webSetup), rootDir: `${root}/apps/web` },
  ],
}
