// Imported by its path: jest runs this file outside its module system, where Node strips the types itself.
const testing = new URL('../../testing/src/global-setup.ts', import.meta.url)

export default async function setup(globalConfig, projectConfig) {
  const { globalSetup } = await import(testing.href)
  await globalSetup(globalConfig, projectConfig)
}
