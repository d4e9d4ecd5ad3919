import '@testing-library/jest-dom'
import { act, configure } from '@testing-library/react'
import { configureAxe, toHaveNoViolations } from 'jest-axe'
import { server } from './server.ts'

expect.extend(toHaveNoViolations)
// pages come lazily, and a busy machine takes its time
configure({ asyncUtilTimeout: 10_000 })

// jsdom lays nothing out, so colours and sizes are checked in a real browser instead.
const check = configureAxe({ rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } })

/** Looks for what a screen reader would stumble over; what the page does meanwhile counts as expected. */
export async function axe(html: Element) {
  let results: Awaited<ReturnType<typeof check>> = { violations: [] }
  await act(async () => {
    results = await check(html)
  })
  return results
}

beforeAll(() => {
  server.listen({ onUnhandledFrame: 'error' })
  globalThis.WebSocket = SilentSocket as unknown as typeof WebSocket
})
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver ??= NoObserver
window.scrollTo = () => {}
Element.prototype.scrollIntoView = () => {}
Range.prototype.getClientRects = () => [] as unknown as DOMRectList
window.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  addEventListener() {},
  removeEventListener() {},
})) as unknown as typeof window.matchMedia

/** Says nothing until a test speaks for it; no test reaches a real gateway by accident. */
class SilentSocket {
  readyState = 0
  send() {}
  close() {}
}
