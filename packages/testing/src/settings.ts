/** What the global setup hands to the test files through the environment. */
export function setting(name: 'ORRERY_TEST_DATABASE_URL' | 'ORRERY_TEST_REDIS_URL' | 'ORRERY_TEST_CHROMA_URL'): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: run tests by \`npm test\` or \`pnpm jest\`, which start the servers`)
  return value
}
