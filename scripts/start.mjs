// Everything on one machine: `npm start`. Prepares what is missing, then becomes the standalone process under Node 24.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { buildWeb, install, node24, root } from './prepare.mjs'

await install()
await buildWeb()

const main = join(root, 'apps/standalone/src/main.ts')
// The flags of every part: packages/service-kit/src/node-flags.ts.
const flags = ['--disable-warning=ExperimentalWarning', '--min-semi-space-size=16', '--max-semi-space-size=32']
const child = spawn(node24(), [...flags, main, ...process.argv.slice(2)], {
  cwd: root,
  // Out of the terminal's process group: Ctrl-C would reach it there once from the terminal and once more from us.
  detached: true,
  // The channel tells the child when this process is gone, even by kill -9.
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
})

let lastSignalAt = 0
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // npm passes a signal on that the terminal has sent us already.
    if (Date.now() - lastSignalAt < 500) return
    lastSignalAt = Date.now()
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
  })
}

// npm dies of a SIGTERM without passing it on; whoever sent it wants everything stopped.
const parent = process.ppid
const watch = process.env.npm_lifecycle_event
  ? setInterval(() => process.ppid !== parent && child.kill('SIGTERM') && clearInterval(watch), 100)
  : undefined

child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
  clearInterval(watch)
  if (child.connected) child.disconnect()
})
