import { spawnSync } from 'node:child_process'
import { armCrash } from './crash-point.ts'

const run = (code: string) => {
  const module = new URL('./crash-point.ts', import.meta.url).href
  const script = `import { armCrash, crashPoint } from ${JSON.stringify(module)}; ${code}`
  return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script], { encoding: 'utf8' })
}

describe('a crash point', () => {
  it('kills the process the nth time that it comes there, and not at another one', () => {
    const dead = run(`armCrash('before-commit:2'); for (const at of ['before-commit', 'after-claim', 'before-commit', 'after-claim']) {
      console.log(at); crashPoint(at) }`)
    expect([dead.signal, dead.stdout]).toEqual(['SIGKILL', 'before-commit\nafter-claim\nbefore-commit\n'])
  })

  it('does nothing where nobody armed it', () => {
    expect(run(`crashPoint('before-commit'); console.log('lives')`).stdout).toBe('lives\n')
  })

  it('is refused in production, and by a name that nobody knows', () => {
    expect(() => armCrash('before-commit', 'production')).toThrow('refused in production')
    expect(() => armCrash('somewhere', 'test')).toThrow('ORRERY_CRASH_AT: somewhere is none of')
    expect(() => armCrash('before-commit:0', 'test')).toThrow('for the nth time')
  })
})
