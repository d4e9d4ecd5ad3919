import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({ stdout: '' }))
  return stdout
}

/** Whether `pid` lives and names `marker` on its command line: a number alone may have been given to a stranger since. */
export async function isRunning(pid: number, marker: string): Promise<boolean> {
  return (await commandLine(pid)).includes(marker)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // Gone between the look and the signal is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function isGoneWithin(pid: number, marker: string, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (await isRunning(pid, marker)) {
    if (Date.now() > deadline) return false
    await sleep(50)
  }
  return true
}

/** Ends a server that an earlier process of ours left behind, and returns once it is gone. */
export async function endLeftover(pid: number, marker: string, stopSignal: NodeJS.Signals): Promise<void> {
  if (!(await isRunning(pid, marker))) return
  signal(pid, stopSignal)
  if (await isGoneWithin(pid, marker, 15_000)) return
  signal(pid, 'SIGKILL')
  if (!(await isGoneWithin(pid, marker, 5_000))) throw new Error(`process ${pid} of an earlier start does not end; end it by hand`)
}
