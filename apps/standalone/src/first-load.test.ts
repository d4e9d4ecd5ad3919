import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../../web/dist/', import.meta.url))
type Chunk = { file: string; isEntry?: boolean; isDynamicEntry?: boolean; imports?: string[]; dynamicImports?: string[] }
const chunks = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8')) as Record<string, Chunk>

/** What has to be there before a chunk can run: it and all that it imports. */
function withImports(name: string, found = new Set<string>()): Set<string> {
  const chunk = chunks[name]
  if (!chunk || found.has(name)) return found
  found.add(name)
  for (const each of chunk.imports ?? []) withImports(each, found)
  return found
}

const compressed = (name: string): number => {
  const file = chunks[name]?.file ?? ''
  return file.endsWith('.js') ? statSync(`${dist}${file}.br`).size : 0
}

const [entry = ''] = Object.keys(chunks).filter((name) => chunks[name]?.isEntry)
// a page is what the entry itself loads when its address is opened; what a page loads later is none
const pages = chunks[entry]?.dynamicImports ?? []

it('knows the pages of the web app', () => {
  expect(pages.length).toBeGreaterThan(20)
  expect(pages).toContain('src/app/slots/run-route.tsx')
})

it.each(pages)('%s needs less than 200 kB of compressed JavaScript at its first load', (page) => {
  const needed = [...withImports(page, withImports(entry))]
  expect(needed.reduce((sum, name) => sum + compressed(name), 0)).toBeLessThan(200_000)
})
