import { ownPath } from './gates.tsx'

it.each([
  ['/runs?status=failed', '/runs?status=failed'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  [null, '/'],
])('after the log-in %s leads to %s', (next, path) => expect(ownPath(next)).toBe(path))
