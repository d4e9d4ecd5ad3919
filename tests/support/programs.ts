/** A generator of numbers from 0 to 1 that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Kind = 'count' | 'call' | 'flaky' | 'slow' | 'fail' | 'broken' | 'sour' | 'stuck' | 'fan' | 'child' | 'wait' | 'signal' | 'ask'
/** Steps that fail, however often they are tried. */
const hopeless: Kind[] = ['fail', 'broken', 'sour', 'stuck']
type Node = { key: string; kind: Kind; needs: number[]; base: number; size: number; carried: boolean; onlyIfEven: number | null }
type State = { state: 'done' | 'failed' | 'carried' | 'skipped'; value: number }

export type Program = {
  definition: object
  /** Signals to be sent at any time, with their payloads. */
  signals: { name: string; payload: number }[]
  /** How many of its steps wait for somebody to approve them. */
  asks: number
  /** Steps from which it can be forked. */
  stepKeys: string[]
  expected: { outcome: 'success' | 'failed'; total: number | null; states: Record<string, string> }
}

const usual: Kind[] = ['count', 'count', 'count', 'call', 'call', 'flaky', 'slow', 'fan', 'child', 'wait', 'signal', 'ask']
/** How many runs of one concurrency key go on at a time. */
export const placesOfKey = 3
/** Workflows that programs call: one that gives twice what it is given, one that fails, one that never ends. */
export const callees = {
  leaf: {
    inputs: { n: { type: 'integer' } },
    steps: { twice: { uses: 'noop', with: { output: '${{ inputs.n * 2 }}' } } },
    outputs: { n: '${{ steps.twice.output }}' },
  },
  sour: { steps: { fails: { uses: 'noop', with: { output: '${{ 1 / 0 }}' } } } },
  stuck: { steps: { gate: { uses: 'wait', with: { signal: 'never' } } } },
}

/** A workflow of up to twenty steps made from a seed, and what an oracle that knows nothing of the engine says of its end. */
export function makeProgram(seed: number, witness: string): Program {
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const nodes: Node[] = []
  const count = 3 + Math.floor(random() * 18)
  for (let i = 0; i < count; i++) {
    const needs = [...new Set(Array.from({ length: Math.min(i, Math.floor(random() * 4)) }, () => Math.floor(random() * i)))]
    const kind = random() < 0.1 ? pick(hopeless) : pick(usual)
    const onlyIfEven = needs.length > 0 && random() < 0.15 ? pick(needs) : null
    nodes.push({
      key: `s${i}`,
      kind,
      needs,
      base: 1 + Math.floor(random() * 50),
      size: 1 + Math.floor(random() * 12),
      carried: random() < 0.5,
      onlyIfEven,
    })
  }
  const url = `${witness}/p${seed}/\${{ run.id }}`
  const steps = Object.fromEntries(nodes.map((node) => [node.key, toStep(node, nodes, url)]))
  const more = random() < 0.3 ? { 'on-failure': { tell: { uses: 'noop' } }, finally: { clean: callOf(`${url}/clean?value=1&ms=20`) } } : {}
  const total = nodes.map((node) => read(node)).join(' + ')
  const concurrency = random() < 0.2 ? { concurrency: { key: `places-${Math.floor(random() * 4)}`, limit: placesOfKey } } : {}
  return {
    definition: { ...concurrency, steps, ...more, outputs: { total: `\${{ ${total} }}` } },
    signals: nodes.flatMap((node) => (node.kind === 'signal' ? [{ name: node.key, payload: node.base }] : [])),
    asks: nodes.filter((node) => node.kind === 'ask').length,
    stepKeys: nodes.map((node) => node.key),
    expected: judge(nodes, 'finally' in more),
  }
}

/** The number that a step stands for, as an expression; 0 where it has none. */
function read({ key, kind }: Node): string {
  const output = `steps.${key}.output`
  if (kind === 'call' || kind === 'flaky' || kind === 'slow') return `(${output} == null ? 0 : ${output}.body.value)`
  if (kind === 'fan') return `(size(${output} == null ? [] : ${output}))`
  if (kind === 'child') return `(${output} == null ? 0 : ${output}.n)`
  if (kind === 'ask') return `(${output} == null || ${output}.approved ? 0 : 1)`
  return `(${output} == null ? 0 : ${output})`
}

function toStep(node: Node, nodes: Node[], url: string): object {
  const from = (index: number) => nodes[index] as Node
  const sum = [String(node.base), ...node.needs.map((need) => read(from(need)))].join(' + ')
  const needs = node.needs.length > 0 ? { needs: node.needs.map((need) => from(need).key) } : {}
  const condition = node.onlyIfEven === null ? {} : { if: `\${{ ${read(from(node.onlyIfEven))} % 2 == 0 }}` }
  const shared = { ...needs, ...condition }
  const call = (ms: number, more = '', attempts = 12) => callOf(`${url}/${node.key}?value=\${{ ${sum} }}&ms=${ms}${more}`, attempts)
  const run = (workflow: keyof typeof callees, input = {}) => ({ uses: 'workflow', with: { workflow, input } })
  const retry = { attempts: 2, initial: '50ms' }
  switch (node.kind) {
    case 'count':
      return { ...shared, uses: 'noop', with: { output: `\${{ ${sum} }}` } }
    case 'call':
      return { ...shared, ...call(node.size * 20) }
    case 'flaky':
      return { ...shared, ...call(node.size * 20, '&flaky=1') }
    case 'slow':
      return { ...shared, ...call(1000 + node.size * 400) }
    case 'broken':
      return { ...shared, ...call(node.size, '&broken=1', 2), 'continue-on-error': node.carried }
    case 'fail':
      return { ...shared, uses: 'noop', with: { output: '${{ 1 / 0 }}' }, 'continue-on-error': node.carried }
    case 'fan':
      return {
        ...shared,
        uses: 'noop',
        foreach: Array.from({ length: node.size }, (_, i) => i),
        concurrency: 1 + (node.base % 4),
        with: { output: '${{ item * 2 }}' },
      }
    case 'child':
      return { ...shared, ...run('leaf', { n: `\${{ ${sum} }}` }) }
    case 'sour':
      return { ...shared, ...run('sour'), retry, 'continue-on-error': node.carried }
    case 'stuck':
      return { ...shared, ...run('stuck'), retry, timeout: node.size * 50, 'continue-on-error': node.carried }
    case 'wait':
      return { ...shared, uses: 'wait', with: { duration: node.size * 30 } }
    case 'ask':
      return { ...shared, uses: 'approval', with: { title: `May ${node.key}?` } }
    case 'signal':
      return { ...shared, uses: 'wait', with: { signal: node.key } }
  }
}

const callOf = (url: string, attempts = 12) => ({
  uses: 'http',
  with: { method: 'POST', url },
  retry: { attempts, initial: '50ms', max: '500ms' },
})

/** How the run must end, worked out without the engine. */
function judge(nodes: Node[], hasFinal: boolean): Program['expected'] {
  const states: State[] = []
  for (const node of nodes) {
    const needed = node.needs.map((need) => states[need] as State)
    const runs =
      !needed.some((each) => each.state === 'failed') &&
      (needed.length === 0 || needed.some((each) => each.state === 'done' || each.state === 'carried'))
    const allowed = node.onlyIfEven === null || (states[node.onlyIfEven] as State).value % 2 === 0
    const sum = node.base + needed.reduce((total, each) => total + each.value, 0)
    if (!runs || !allowed) states.push({ state: 'skipped', value: 0 })
    else if (hopeless.includes(node.kind)) states.push({ state: node.carried ? 'carried' : 'failed', value: 0 })
    else states.push({ state: 'done', value: valueOf(node, sum) })
  }
  const failed = states.some((each) => each.state === 'failed')
  const words = { done: 'done', failed: 'failed', carried: 'failed', skipped: 'canceled' }
  return {
    outcome: failed ? 'failed' : 'success',
    total: failed ? null : states.reduce((total, each) => total + each.value, 0),
    states: {
      ...Object.fromEntries(nodes.map((node, i) => [node.key, words[(states[i] as State).state]])),
      ...(hasFinal && { tell: failed ? 'done' : 'canceled', clean: 'done' }),
    },
  }
}

function valueOf(node: Node, sum: number): number {
  if (node.kind === 'fan') return node.size
  if (node.kind === 'child') return sum * 2
  if (node.kind === 'wait' || node.kind === 'ask') return 0
  return node.kind === 'signal' ? node.base : sum
}
