// Every test: `npm test`. Further arguments go to jest: `npm test -- services/auth -t "401"`.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWeb, install, node24, root, runQuietly, say, toolEnvironment } from './prepare.mjs'

/** Programs that tests run, and the Debian package of each. */
const programs = { 'redis-server': 'redis-server', chromium: 'chromium', bwrap: 'bubblewrap', nginx: 'nginx-light' }

const isOnPath = (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: toolEnvironment() }).status === 0

async function installPrograms() {
  const missing = Object.keys(programs).filter((program) => !isOnPath(program))
  if (missing.length === 0) return
  const packages = missing.map((program) => programs[program])
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    say(
      `not found: ${missing.join(', ')}; tests that need them fail until you install them (Debian: apt-get install ${packages.join(' ')})`,
    )
    return
  }
  say(`installing ${packages.join(', ')}`)
  // A server package must not start its own server here.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  await runQuietly('apt-get', ['update', '-q'], { env })
  const { code, output } = await runQuietly('apt-get', ['install', '-qy', '--no-install-recommends', ...packages], { env })
  if (code !== 0) say(`apt-get could not install them\n${output}`)
}

function runJest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-test-'))
  const report = join(folder, 'report.json')
  const jest = [
    join(root, 'node_modules/jest/bin/jest.js'),
    '--passWithNoTests',
    '--forceExit',
    '--json',
    `--outputFile=${report}`,
    ...args,
  ]
  const child = spawn(node24(), ['--experimental-vm-modules', '--no-warnings', ...jest], {
    cwd: root,
    // With --json jest writes the report to stdout as well; progress comes on stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: toolEnvironment({ NODE_ENV: 'test' }),
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code: code ?? 1, counts: readCounts(report) })
      rmSync(folder, { recursive: true, force: true })
    })
  })
}

function readCounts(report) {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'))
    // A file that cannot be loaded has no failed test of its own, and is a failure all the same.
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites
    return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

await install()
await buildWeb()
await installPrograms()
const { code, counts } = await runJest(process.argv.slice(2))
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = code
