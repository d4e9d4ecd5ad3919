import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePlace, run, untilReady } from '../../apps/standalone/src/test/processes.ts'
import { type Browser, canBrowse, chromiumPath, openBrowser } from '../support/browser.ts'

// The first step is held until the test opens the gate, so that nothing here depends on how fast anything is.
const definition = (needs: string) => `name: Gate

inputs:
  gate:
    type: string

steps:
  look:
    uses: shell
    with:
      env: { GATE: "\${{ inputs.gate }}" }
      run: |
        echo "waiting at the gate"
        while [ ! -e "$GATE" ]; do sleep 0.05; done
        echo "the gate is open" | tee notes.txt
      artifacts: ["*.txt"]

  tell:
    ${needs}
    uses: node
    with:
      input: { from: "\${{ inputs.gate }}" }
      code: |
        return 'seen ' + input.from.length

outputs:
  told: "\${{ steps.tell.output }}"
`
const wrong = 'needs: [lok]'
const wrongLine = definition(wrong).split('\n').indexOf(`    ${wrong}`) + 1

async function findNothing({ audit, complaints }: Browser): Promise<void> {
  expect(await audit()).toEqual([])
  expect(complaints).toEqual([])
}

async function registerAndMakeProject(browser: Browser): Promise<void> {
  const { page } = browser
  await page.goto('/')
  await page.getByRole('link', { name: 'Register' }).click()
  await page.getByRole('heading', { name: 'Create your account' }).waitFor()
  await page.getByLabel('Email').fill('ada@example.test')
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password').fill('a long passphrase for tests')
  await findNothing(browser)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('heading', { name: 'Begin here' }).waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  await findNothing(browser)
  await page.getByRole('link', { name: 'Create a project' }).click()
  await page.getByLabel('Name').fill('The gatehouse')
  await findNothing(browser)
  await page.getByRole('button', { name: 'Create project' }).click()
  await page.getByRole('heading', { name: 'The gatehouse', level: 1 }).waitFor()
  await findNothing(browser)
}

async function writeWorkflow(browser: Browser): Promise<void> {
  const { page } = browser
  const main = page.getByRole('navigation', { name: 'Main' })
  await main.getByRole('link', { name: 'Workflows' }).click()
  await page.getByRole('link', { name: 'New workflow' }).first().click()
  await page.getByLabel('Name').fill('Gate')
  await page.getByRole('textbox', { name: /^Definition/ }).click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(definition(wrong))
  const problem = page.getByRole('region', { name: 'Problems' }).getByRole('button', { name: `Line ${wrongLine}` })
  await problem.waitFor()
  expect(await markedLine(browser)).toBe(String(wrongLine))
  await page.getByRole('textbox', { name: /^Definition/ }).click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(definition(wrong))
  expect(await markedLine(browser)).toBe(String(wrongLine))
  expect(await page.getByRole('button', { name: 'Create workflow' }).isDisabled()).toBe(true)
  await findNothing(browser)
  await problem.click()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+End')
  await page.keyboard.insertText('needs: [look]')
  await page.getByText('No problems').waitFor()
  await findNothing(browser)
  await page.getByRole('button', { name: 'Create workflow' }).click()
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByText('Version 1 is published').waitFor()
  await findNothing(browser)
}

/** The number that stands beside the mark in the editor's margin. */
async function markedLine({ page }: Browser): Promise<string | null> {
  const mark = await page.locator('.cm-lint-marker-error').boundingBox()
  for (const number of await page.locator('.cm-lineNumbers .cm-gutterElement').all()) {
    const box = await number.boundingBox()
    if (mark && box && mark.y >= box.y && mark.y < box.y + box.height) return number.textContent()
  }
  return null
}

async function watchRun(browser: Browser, gate: string): Promise<void> {
  const { page } = browser
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByLabel('gate').fill(gate)
  await findNothing(browser)
  await page.getByRole('button', { name: 'Start run' }).click()
  const loads = browser.loads()
  await page.getByRole('button', { name: 'look, In progress' }).click()
  await page.getByRole('tab', { name: 'Logs' }).click()
  const log = page.getByRole('log')
  await log.getByText('waiting at the gate').waitFor()
  expect(await page.getByRole('button', { name: 'tell, Done' }).count()).toBe(0)
  await findNothing(browser)
  await writeFile(gate, '')
  await log.getByText('the gate is open').waitFor()
  await page.getByRole('button', { name: 'look, Done' }).waitFor()
  await page.getByRole('button', { name: 'tell, Done' }).waitFor()
  await page.getByText(/^Done after/).waitFor()
  await page.getByText(`seen ${gate.length}`).waitFor()
  expect(browser.loads()).toBe(loads)
  await findNothing(browser)
}

/** Finds words in the log, and takes the log and the file that the step left behind. */
async function takeFilesHome(browser: Browser): Promise<void> {
  const { page } = browser
  const download = async (name: RegExp) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
  }
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('GATE IS')
  await page.getByText('1 of 1 match').waitFor()
  await findNothing(browser)
  const log = await download(/^Download the log of look/)
  expect(log.name).toBe('look.log')
  expect(log.text).toMatch(/ look stdout the gate is open\n.* look system Kept notes\.txt, 17 bytes\n/)
  await page.getByRole('tab', { name: 'Artifacts' }).last().click()
  expect(await download(/^Download notes\.txt/)).toEqual({ name: 'notes.txt', text: 'the gate is open\n' })
  await page.getByRole('tab', { name: 'Artifacts' }).first().click()
  await page.getByText('from look').waitFor()
  await findNothing(browser)
  await page.getByRole('tab', { name: 'Timeline' }).click()
}

async function switchTheme(browser: Browser): Promise<void> {
  const { page } = browser
  const theme = () => page.evaluate(`document.documentElement.dataset.theme`)
  const before = await theme()
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: before === 'dark' ? 'Light theme' : 'Dark theme' }).click()
  const after = await theme()
  expect([before, after].sort()).toEqual(['dark', 'light'])
  await page.reload()
  await page.getByRole('button', { name: 'tell, Done' }).waitFor()
  expect(await theme()).toBe(after)
  await findNothing(browser)
}

async function giveItASchedule(browser: Browser, gate: string): Promise<void> {
  const { page } = browser
  const main = page.getByRole('navigation', { name: 'Main' })
  await main.getByRole('link', { name: 'Schedules' }).click()
  await page.getByRole('link', { name: 'New schedule' }).click()
  await page.getByLabel('Workflow').selectOption({ label: 'Gate' })
  await page.getByLabel('Cron pattern').fill('*/2 * * * * *')
  await page.getByLabel('Time zone').fill('Europe/Lisbon')
  await page.getByLabel('gate').fill(gate)
  await page
    .getByRole('list', { name: 'Next fires' })
    .getByText(/in [1-9]+ s/)
    .first()
    .waitFor()
  await findNothing(browser)
  await page.getByRole('button', { name: 'Create schedule' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await findNothing(browser)
  await page.getByRole('link', { name: 'Runs of this schedule' }).click()
  const loads = browser.loads()
  await page
    .getByRole('row', { name: /Done.*Gate.*By its schedule/ })
    .nth(2)
    .waitFor()
  expect(browser.loads()).toBe(loads)
  await findNothing(browser)
  await main.getByRole('link', { name: 'Overview', exact: true }).click()
  await page.getByRole('link', { name: 'What fires next' }).waitFor()
  await findNothing(browser)
}

if (!canBrowse) console.warn(`The journey through the web app is not walked: no ${chromiumPath}; install Chromium`)

;(canBrowse ? it : it.skip)(
  'leads from an empty installation to a scheduled workflow, seen live, with nothing that a check of accessibility, the console or the policy objects to',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'orrery-gate-'))
    const gate = join(folder, 'open')
    await using place = await makePlace()
    const installation = run('main', place.env)
    try {
      await untilReady(installation)
      await using browser = await openBrowser(place.origin)
      try {
        await registerAndMakeProject(browser)
        await writeWorkflow(browser)
        await watchRun(browser, gate)
        await takeFilesHome(browser)
        await switchTheme(browser)
        await giveItASchedule(browser, gate)
      } catch (error) {
        console.error(`What the page showed: ${await browser.picture()}`)
        throw error
      }
    } finally {
      installation.process.kill('SIGTERM')
      await installation.exit
      await rm(folder, { recursive: true, force: true })
    }
  },
  180_000,
)
