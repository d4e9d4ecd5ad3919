import { fitsGlob } from './glob.policy.ts'

it.each([
  ['report/*.html', 'report/index.html', true],
  ['report/*.html', 'report/deep/index.html', false],
  ['report/*.html', 'other/index.html', false],
  ['*.html', 'index.html', true],
  ['*.html', 'index.htm', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['**/*.txt', 'a.txt', true],
  ['**/*.txt', 'a/b/c.txt', true],
  ['out/**', 'out/a/b', true],
  ['out/**', 'out/a', true],
  ['out/**', 'out', false],
  ['a/**/z', 'a/z', true],
  ['a/**/z', 'a/b/c/z', true],
  ['a/**/b/*', 'a/b/x/b/c', true],
  ['*', '.hidden', false],
  ['.*', '.hidden', true],
  ['**/*', '.git/config', false],
  ['[a]', 'a', false],
  ['[a]', '[a]', true],
])('%s and %s: %s', (pattern, path, expected) => {
  expect(fitsGlob(pattern, path)).toBe(expected)
})

it('takes no long time over a pattern that is made for it', () => {
  const startedAt = performance.now()
  expect(fitsGlob(`${'*a'.repeat(60)}b`, 'a'.repeat(200))).toBe(false)
  expect(fitsGlob(`${'**/'.repeat(40)}x`, 'a/'.repeat(60).slice(0, -1))).toBe(false)
  expect(performance.now() - startedAt).toBeLessThan(100)
})
