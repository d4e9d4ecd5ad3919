import { spawn } from 'node:child_process'

// `read` returns when this process says so, or when it dies in whatever way: the kernel closes the pipe.
const script = `trap '' INT TERM HUP
read -r done && exit 0
kill -s "$2" "$1"
n=0
while [ $n -lt 30 ] && kill -0 "$1" 2>/dev/null; do sleep 1; n=$((n + 1)); done
kill -s KILL "$1" 2>/dev/null`

/** Ends process `pid` if the calling process dies without having called the function this returns. */
export function watchOver(pid: number, stopSignal: NodeJS.Signals): () => void {
  const watchdog = spawn('/bin/sh', ['-c', script, 'orrery-watchdog', String(pid), stopSignal.slice(3)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.unref()
  // A watchdog that somebody killed must not take this process with it.
  watchdog.on('error', () => undefined)
  watchdog.stdin.on('error', () => undefined)
  return () => watchdog.stdin.end('done\n')
}
