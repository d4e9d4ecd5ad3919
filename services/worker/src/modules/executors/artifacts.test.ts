import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, readAllowList } from '@orrery/core'
import type { LeasedStep } from '@orrery/shared-types'
import { startStore } from '../../../test/store.ts'
import { http } from './http.ts'
import { createKeepFile } from './keep-file.ts'
import { shell } from './shell.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const stepOf = (uses: string, input: object): LeasedStep => ({
  stepId: 'stp_01h455vb4pex5vsknk084s0001',
  runId: 'run_01h455vb4pex5vsknk084s0000',
  projectId: 'prj_01h455vb4pex5vsknk084s0000',
  key: 'step',
  itemIndex: null,
  uses,
  attempt: 1,
  input,
  timeoutMs: 5000,
  leaseMs: 30_000,
})

async function start(failures: Error[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-work-'))
  const store = startStore(failures)
  const lines: string[] = []
  const io = { signal: AbortSignal.timeout(10_000), log: (_: string, text: string) => void lines.push(text) }
  const keepFile = createKeepFile(store.store)
  return {
    ...store,
    folder,
    lines,
    sh: (run: string, artifacts: unknown, signal = io.signal) =>
      shell('trusted', folder, keepFile)(stepOf('shell', { run, artifacts }), { ...io, signal }) as Promise<Record<string, unknown>>,
    get: (port: number, input: object) =>
      http(readAllowList(`127.0.0.1:${port}`), { keepFile, workDir: folder, maxBytes: 1000 })(
        stepOf('http', { url: `http://127.0.0.1:${port}/`, ...input }),
        io,
      ) as Promise<Record<string, unknown>>,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

async function serve(status: number, body: string | Buffer) {
  const server = createServer((_, response) => response.writeHead(status, { 'x-kind': 'file' }).end(body)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.dispose]: () => void server.close() }
}

describe('the files of a shell step', () => {
  it('are kept where they fit, put out, and gone from the folder', async () => {
    await using s = await start()
    const output = await s.sh('mkdir -p report/deep; echo a > report/a.html; echo b > report/deep/b.html; echo c > c.txt', [
      'report/*.html',
      '**/*.txt',
      'none/*',
    ])
    expect([...s.kept]).toEqual([
      ['c.txt', 'c\n'],
      ['report/a.html', 'a\n'],
    ])
    expect(output['artifacts']).toEqual([
      { id: expect.stringMatching(/^art_/), name: 'c.txt', size: 2, sha256: sha256('c\n') },
      { id: expect.stringMatching(/^art_/), name: 'report/a.html', size: 2, sha256: sha256('a\n') },
    ])
    expect(s.lines).toEqual(['No file fits none/*', 'Kept c.txt, 2 bytes', 'Kept report/a.html, 2 bytes'])
    expect(await readdir(s.folder)).toEqual([])
  })

  it('are kept also when the command fails, and the failure stays what it was', async () => {
    await using s = await start()
    await expect(s.sh('echo why > log.txt; exit 3', ['log.txt'])).rejects.toMatchObject({ code: 'exit_3' })
    expect([...s.kept]).toEqual([['log.txt', 'why\n']])
  })

  it('a failure of the command is told, not that its files could not be kept', async () => {
    await using s = await start([new AppError('conflict', 'run_artifacts_full', 'full')])
    await expect(s.sh('echo why > log.txt; exit 3', ['log.txt'])).rejects.toMatchObject({ code: 'exit_3' })
    expect(s.lines).toEqual(['log.txt was not kept: full'])
  })

  it('no link leads out of the folder: neither one to a file nor one to a folder', async () => {
    await using s = await start()
    await s.sh('ln -s /etc/passwd a.txt; ln -s /etc etc; mkfifo b.txt; ln -s c.txt d.txt; echo c > c.txt', ['*.txt', 'etc/*', 'etc/passwd'])
    expect([...s.kept]).toEqual([['c.txt', 'c\n']])
  })

  it('a link that takes the place of a folder after the look is refused', async () => {
    await using s = await start()
    const keep = createKeepFile(s.store)
    const { symlink } = await import('node:fs/promises')
    await symlink('/etc', join(s.folder, 'etc'))
    await symlink('/etc/passwd', join(s.folder, 'passwd'))
    const kept = (name: string) =>
      keep(stepOf('shell', {}), { folder: s.folder, path: join(s.folder, name), name }, AbortSignal.timeout(5000))
    await expect(kept('etc/passwd')).rejects.toMatchObject({ code: 'artifact_refused' })
    await expect(kept('passwd')).rejects.toMatchObject({ code: 'artifact_refused' })
    await expect(kept('none')).rejects.toMatchObject({ code: 'artifact_refused' })
    expect(s.uploads).toEqual([])
  })

  it.each([['../*'], ['/etc/*'], 'x', [1]].map((each) => ({ each })))(
    'patterns that lead out, or are none, are refused: $each',
    async ({ each }) => {
      await using s = await start()
      await expect(s.sh('true', each)).rejects.toMatchObject({ code: 'input_invalid', retryable: false })
    },
  )

  it('are not kept when the time of the attempt is over', async () => {
    await using s = await start()
    await expect(s.sh('echo a > a.txt; sleep 30', ['*.txt'], AbortSignal.timeout(200))).rejects.toThrow()
    expect(s.uploads).toEqual([])
  })

  it('a store that is away for a moment gets them again; one that refuses fails the step for good', async () => {
    await using s = await start([new Error('away'), new AppError('unavailable', 'object_store_unavailable', 'away')])
    await s.sh('echo a > a.txt', ['*.txt'])
    expect([s.uploads.length, ...s.kept]).toEqual([3, ['a.txt', 'a\n']])
    await using full = await start([new AppError('conflict', 'run_artifacts_full', 'full')])
    await expect(full.sh('echo a > a.txt', ['*.txt'])).rejects.toMatchObject({ code: 'run_artifacts_full', retryable: false })
  })

  it('an empty file is a file', async () => {
    await using s = await start()
    await s.sh('touch a.txt', ['*.txt'])
    expect([...s.kept]).toEqual([['a.txt', '']])
  })
})

describe('the answer of an http step', () => {
  it('is saved as it comes, whatever its size as an output would be', async () => {
    await using s = await start()
    using server = await serve(200, 'x'.repeat(1000))
    const { headers, ...output } = await s.get(server.port, { save: 'a.bin' })
    expect(output).toEqual({
      status: 200,
      artifact: { id: expect.stringMatching(/^art_/), name: 'a.bin', size: 1000, sha256: sha256('x'.repeat(1000)) },
    })
    expect(headers).toMatchObject({ 'x-kind': 'file' })
    expect(await readdir(s.folder)).toEqual([])
  })

  it('is refused where it is too large, and nothing of it is left', async () => {
    await using s = await start()
    using server = await serve(200, 'x'.repeat(1001))
    await expect(s.get(server.port, { save: 'a.bin' })).rejects.toMatchObject({ code: 'artifact_too_large', retryable: false })
    expect([s.uploads, await readdir(s.folder)]).toEqual([[], []])
  })

  it('is not saved when its status is not the one that is expected', async () => {
    await using s = await start()
    using server = await serve(404, 'no')
    await expect(s.get(server.port, { save: 'a.bin' })).rejects.toMatchObject({ code: 'http_404' })
    expect(s.uploads).toEqual([])
    expect(await s.get(server.port, { save: 'a.bin', expect: 404 })).toMatchObject({ status: 404, artifact: { size: 2 } })
  })

  it.each(['../a', '/a', '', 5, 'a/../b'])('with.save is a name: not %j', async (save) => {
    await using s = await start()
    await expect(s.get(1, { save })).rejects.toMatchObject({ code: 'input_invalid' })
  })
})
