import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { ArtifactPatterns } from '@orrery/shared-types'
import { Value } from '@sinclair/typebox/value'
import type { CodeSteps } from '../../config.ts'
import { keepFiles } from './collect-files.ts'
import type { Executor, StepIo } from './executor.ts'
import type { KeepFile } from './keep-file.ts'
import { StepFailure } from './step-failure.ts'

const keptBytes = 256 * 1024

/** Runs a command by /bin/sh in a folder of its own, in a sandbox or not, as the installation says, and keeps the files it is told to. */
export const shell =
  (mode: CodeSteps, workDir: string, keepFile: KeepFile): Executor =>
  async (step, io) => {
    if (mode === 'off')
      throw new StepFailure('code_steps_off', 'Shell steps are switched off here; an administrator can set ORRERY_CODE_STEPS')
    const { run, env, input, artifacts = [] } = step.input as ShellInput
    if (typeof run !== 'string') throw new StepFailure('input_invalid', 'with.run must be text')
    if (!Value.Check(ArtifactPatterns, artifacts))
      throw new StepFailure(
        'input_invalid',
        'with.artifacts must be a list of up to 50 patterns such as report/*.html, each within the folder of the step',
      )
    const folder = join(workDir, `${step.stepId}-${step.attempt}`)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    try {
      const variables = {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        LANG: 'C.UTF-8',
        ...texts(env),
        ORRERY_RUN_ID: step.runId,
        ORRERY_STEP_ID: step.stepId,
      }
      const [command, ...args] = mode === 'sandbox' ? sandboxed(folder, run) : ['/bin/sh', '-c', run]
      const options = { folder, env: { ...variables, HOME: mode === 'sandbox' ? '/work' : folder }, input, io }
      const keep = () => keepFiles(folder, artifacts, io, (file) => keepFile(step, file, io.signal))
      return await keeping(execute(command ?? '/bin/sh', args, options), artifacts.length > 0 ? keep : undefined, io)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

type ShellInput = { run?: unknown; env?: Record<string, unknown>; input?: unknown; artifacts?: unknown }

/** The output of a command with what was kept of its files. They are kept also when it failed: then its failure counts, whatever became of them. */
async function keeping(command: Promise<object>, keep: (() => Promise<object[]>) | undefined, io: StepIo): Promise<object> {
  if (!keep) return command
  const [ended] = await Promise.allSettled([command])
  // an attempt whose time is over has none left for files
  if (ended.status === 'fulfilled') return { ...ended.value, artifacts: await keep() }
  if (!io.signal.aborted) await keep().catch((error: unknown) => io.log('system', (error as Error).message))
  throw ended.reason
}

const texts = (env: Record<string, unknown> | undefined) =>
  Object.fromEntries(Object.entries(env ?? {}).map(([key, value]) => [key, String(value)]))

/** bubblewrap: no network, no processes and files of the host but its programs, read-only; only the work folder can be written. */
function sandboxed(folder: string, run: string): string[] {
  const programs = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc/alternatives', '/etc/ld.so.cache'].filter((path) => existsSync(path))
  const limits = 'ulimit -v 4194304; ulimit -p 512; ulimit -f 1048576; '
  return [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...programs.flatMap((path) => ['--ro-bind', path, path]),
    ...[
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      '--tmpfs',
      '/tmp',
      '--bind',
      folder,
      '/work',
      '--chdir',
      '/work',
      '/bin/sh',
      '-c',
      limits + run,
    ],
  ]
}

type Options = { folder: string; env: Record<string, string>; input: unknown; io: StepIo }

async function execute(command: string, args: string[], { folder, env, input, io }: Options): Promise<object> {
  // a process group of its own, so that ending it ends its children too
  const child = spawn(command, args, { cwd: folder, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // it has ended by itself
    }
  }
  io.signal.addEventListener('abort', end, { once: true })
  const stdout = keep(child.stdout, (text) => io.log('stdout', text))
  const stderr = keep(child.stderr, (text) => io.log('stderr', text))
  child.stdin.on('error', () => undefined)
  child.stdin.end(input === undefined ? '' : typeof input === 'string' ? input : JSON.stringify(input))
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'ENOENT'
            ? new StepFailure('sandbox_missing', `${command} is not installed; install bubblewrap, or set ORRERY_CODE_STEPS`)
            : error,
        ),
      )
      child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)))
    })
    if (io.signal.aborted) throw io.signal.reason
    if (exitCode !== 0) throw new StepFailure(`exit_${exitCode}`, endedWith(exitCode, stderr()), true)
    const text = stdout()
    return { exitCode, stdout: text, stderr: stderr(), json: asJson(text) }
  } finally {
    io.signal.removeEventListener('abort', end)
    end()
  }
}

const endedWith = (exitCode: number, stderr: string) =>
  `The command ended with ${exitCode}${stderr.trim() === '' ? '' : `: ${stderr.trim().slice(-500)}`}`

/** Hands lines on as they come and keeps the last of the text. */
function keep(stream: Readable, line: (text: string) => void): () => string {
  let text = ''
  createInterface({ input: stream }).on('line', (each) => {
    line(each)
    text = `${text}${each}\n`
    if (text.length > keptBytes * 2) text = text.slice(-keptBytes)
  })
  return () => text.slice(-keptBytes)
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
