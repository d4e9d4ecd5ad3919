// Fills a running installation with a project whose workflows do real work on it: npm run demo [-- URL]. Everything through the public API.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const origin = (process.argv[2] ?? process.env.ORRERY_PUBLIC_URL ?? `http://localhost:${process.env.ORRERY_PORT ?? 8080}`).replace(
  /\/$/,
  '',
)
const metricsUrl = process.env.ORRERY_METRICS_URL ?? `http://localhost:${process.env.ORRERY_ADMIN_PORT ?? 8081}/metrics`
const checkout = fileURLToPath(new URL('..', import.meta.url))
const email = process.env.ORRERY_DEMO_EMAIL ?? `demo-${Date.now()}@example.test`
const password = process.env.ORRERY_DEMO_PASSWORD ?? randomBytes(12).toString('base64url')
let token = ''

async function call(method, path, body) {
  const answer = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((error) => {
    throw new Error(`${origin} can't be reached (${error.cause?.code ?? error.message}); start it by npm start`)
  })
  const text = await answer.text()
  const value = text === '' ? null : JSON.parse(text)
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${value?.detail ?? text} ${JSON.stringify(value?.errors ?? '')}`)
  return value
}

const definition = (name) => readFile(new URL(`./demo/${name}.yaml`, import.meta.url), 'utf8')

async function publish(projectId, slug, name) {
  const workflow = await call('POST', '/workflows', { projectId, slug, name, definition: await definition(slug) })
  await call('POST', `/workflows/${workflow.id}/publish`, {})
  return workflow
}

async function main() {
  if (!process.env.ORRERY_DEMO_EMAIL)
    await call('POST', '/auth/register', { email, username: `demo-${Date.now()}`, password, fullName: 'Demo' })
  token = (await call('POST', '/auth/login', { email, password })).accessToken
  const project = await call('POST', '/projects', {
    name: 'Orrery itself',
    description: 'Workflows that look after this very installation.',
  })
  const watch = await publish(project.id, 'watch', 'Watch this installation')
  const read = await publish(project.id, 'checkout', 'Read a git checkout')
  const input = { origin, metricsUrl }
  await call('POST', '/schedules', { projectId: project.id, workflowId: watch.id, cron: '* * * * *', timezone: 'UTC', input })
  const runs = [
    await call('POST', '/runs', { workflowId: watch.id, input }),
    await call('POST', '/runs', { workflowId: read.id, input: { path: checkout } }),
  ]
  await call('POST', '/agents', { name: 'Night watch', type: 'monitor', capabilities: ['health', 'metrics'], projectIds: [project.id] })
  const story = await call('POST', '/tasks', {
    projectId: project.id,
    title: 'Keep the installation well',
    kind: 'story',
    priority: 'high',
  })
  for (const title of ['Read the first report', 'Decide what counts as slow', 'Tell somebody when a part is down'])
    await call('POST', '/tasks', { projectId: project.id, parentId: story.id, title })
  for (const { id } of runs) await report(id)
  console.log(
    `\nLog in at ${origin} as ${email}${process.env.ORRERY_DEMO_PASSWORD ? '' : ` with ${password}`}; the watch runs each minute.`,
  )
}

/** Waits for a run and shows how it went. */
async function report(id) {
  for (;;) {
    const run = await call('GET', `/runs/${id}`)
    if (run.endedAt === null) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      continue
    }
    console.log(`\n${run.workflowName}: ${run.outcome} in ${run.durationMs} ms, ${run.steps.length} steps  ${origin}/runs/${id}`)
    if (run.error) console.log(`  ${run.error.stepKey}: ${run.error.message}`)
    console.log(typeof run.output?.report === 'string' ? run.output.report : JSON.stringify(run.output)?.slice(0, 600))
    return
  }
}

main().catch((error) => {
  console.error(`demo: ${error.message}`)
  process.exitCode = 1
})
