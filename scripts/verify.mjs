// Everything that can be checked without a server: format, lint, types, fences.
import { install, installerEnvironment, pnpm, runQuietly, toolEnvironment } from './prepare.mjs'

await install()
const [pnpmCommand, typesArgs] = pnpm('exec', 'turbo', 'run', 'typecheck', '--continue', '--concurrency=2', '--output-logs=errors-only')
const checks = [
  ['format', 'biome', ['ci', '--colors=off', '.']],
  ['fences', 'depcruise', ['--config', '.dependency-cruiser.mjs', 'apps', 'packages', 'services', 'tests', 'bench']],
  ['types', pnpmCommand, typesArgs, installerEnvironment()],
  ['lint', 'eslint', ['.']],
]

const results = await Promise.all(
  checks.map(async ([name, command, args, env = toolEnvironment()]) => {
    const startedAt = Date.now()
    const { code, output } = await runQuietly(command, args, { env })
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)${code === 0 ? '' : `\n${output}`}`)
    return code
  }),
)
process.exitCode = results.every((code) => code === 0) ? 0 : 1
