import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'

export const chromiumPath = '/usr/bin/chromium'
/** Without a browser the journeys can't be walked; continuous integration installs one, so there it must be found. */
export const canBrowse = existsSync(chromiumPath) || process.env['CI'] !== undefined

const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
]

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
// what a policy forbids must not pass unseen: it counts as an error of the page
const sayViolations = `document.addEventListener('securitypolicyviolation', (event) => console.error([
  'content security policy:', event.violatedDirective, 'refused', event.blockedURI, 'at', event.sourceFile, event.lineNumber,
  event.composedPath()[0]?.outerHTML?.slice(0, 300)].join(' ')))`

export interface Browser extends AsyncDisposable {
  page: Page
  /** What the console called an error, what the policy refused, what was thrown and not caught. */
  complaints: string[]
  /** Rules that the page breaks as it stands, each with the first element that breaks it. */
  audit: () => Promise<string[]>
  /** How often a document was loaded. */
  loads: () => number
  /** Keeps a picture of the page and gives its path. */
  picture: () => Promise<string>
}

/** A fresh Chromium with nothing kept from before, 1440 pixels wide. */
export async function openBrowser(origin: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'orrery-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    args: flags,
    baseURL: origin,
    viewport: { width: 1440, height: 900 },
  })
  await context.addInitScript(sayViolations)
  const page = context.pages()[0] ?? (await context.newPage())
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  let loads = 0
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(`${message.text()} (${message.location().url})`)))
  page.on('pageerror', (error) => complaints.push(`not caught: ${error.message}`))
  page.on('load', () => {
    loads += 1
  })
  return {
    page,
    complaints,
    audit: () => audit(page),
    loads: () => loads,
    async picture() {
      const path = join(await mkdtemp(join(tmpdir(), 'orrery-e2e-')), 'page.png')
      await page.screenshot({ path, fullPage: true })
      return path
    },
    [Symbol.asyncDispose]: async () => {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

// colours in the middle of a fade belong to no theme
const fadesEnd = `Promise.all(document.getAnimations()
  .filter((each) => each.effect.getTiming().iterations !== Infinity).map((each) => each.finished.catch(() => null)))`

type Violation = { id: string; nodes: { html: string; failureSummary: string }[] }

async function audit(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  await page.evaluate(fadesEnd)
  const violations = (await page.evaluate(`axe.run(document).then((result) => result.violations)`)) as Violation[]
  return violations.map(({ id, nodes: [first] }) => `${page.url()}: ${id}: ${first?.html.slice(0, 300)} ${first?.failureSummary}`)
}
