import { fileURLToPath } from 'node:url'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const swc = {
  jsc: { target: 'esnext', parser: { syntax: 'typescript', tsx: true }, transform: { react: { runtime: 'automatic' } } },
  module: { type: 'es6' },
}

/** What every project of ours shares: native ES modules without their types. */
const base = {
  rootDir: here('../..'),
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleFileExtensions: ['ts', 'tsx', 'mjs', 'js', 'json', 'node'],
  transform: { '\\.ts$': here('src/strip-types.mjs') },
  testRegex: '\\.test\\.tsx?$',
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/\\.orrery/'],
  modulePathIgnorePatterns: ['/dist/', '/\\.orrery/'],
}

/** Tests that need no server, or that start servers of their own. */
export const toolingProject = (roots) => ({ ...base, displayName: 'tooling', testEnvironment: 'node', roots })

/** Tests that take a database, a Redis or a ChromaDB from the servers which packages/testing starts once. */
export const nodeProject = (roots) => ({
  ...base,
  displayName: 'node',
  testEnvironment: 'node',
  roots,
  globalSetup: here('src/global-setup.mjs'),
  globalTeardown: here('src/global-teardown.mjs'),
})

/** Tests of the web app in a simulated browser. */
export const webProject = (roots, setupFilesAfterEnv) => ({
  ...base,
  displayName: 'web',
  testEnvironment: 'jest-fixed-jsdom',
  // react-router 8 cannot be loaded under the "browser" condition.
  testEnvironmentOptions: { customExportConditions: [''] },
  transform: { '\\.tsx?$': ['@swc/jest', swc] },
  moduleNameMapper: { '\\.css$': here('src/empty-module.mjs') },
  roots,
  setupFilesAfterEnv,
})
