// Imported by its path: jest runs this file outside its module system, where Node strips the types itself.
const testing = new URL('../../testing/src/global-setup.ts', import.meta.url)

export default async function teardown(globalConfig, projectConfig) {
  const { globalTeardown } = await import(testing.href)
  await globalTeardown(globalConfig, projectConfig)
}
