import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { benchCancel } from './engine/cancel.ts'
import { benchEngine } from './engine/engine.ts'
import { benchFlame } from './engine/flame.ts'
import { benchHistory } from './engine/history.ts'

const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback)

/** Others are installed on first use, beside and not into our own dependencies; they print their table by themselves. */
function benchPeers(): void {
  const cwd = join(import.meta.dirname, 'peers')
  const run = (command: string, args: string[]) => {
    const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
  }
  if (!existsSync(join(cwd, 'node_modules'))) run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
  run(process.execPath, ['--no-deprecation', 'main.mjs'])
  process.exit(0)
}

const benches: Record<string, () => Promise<unknown>> = {
  engine: () =>
    benchEngine({ runs: number('RUNS', 10_000), fans: number('FANS', 50), warmup: 500, latency: 100, rounds: number('ROUNDS', 3) }),
  cancel: () => benchCancel(number('RUNS', 300)),
  flame: () => benchFlame(number('RUNS', 10_000)),
  peers: async () => benchPeers(),
  history: () => benchHistory((process.env['SIZES'] ?? '1000,1000000').split(',').map(Number), number('RUNS', 5000)),
}

const what = process.argv[2] ?? 'engine'
const bench = benches[what]
if (!bench) throw new Error(`There is no bench ${what}; there are ${Object.keys(benches).join(', ')}`)
const round = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value)
console.log(JSON.stringify(await bench(), round, 2))
process.exit(0)
