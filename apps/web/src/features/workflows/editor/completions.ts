import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'

const executors: Record<string, { detail: string; settings: string[] }> = {
  noop: { detail: 'does nothing, joins branches', settings: ['output'] },
  http: { detail: 'calls an address', settings: ['url', 'method', 'headers', 'query', 'body', 'expect', 'save'] },
  node: { detail: 'a function in JavaScript', settings: ['code', 'input'] },
  shell: { detail: 'a command', settings: ['run', 'env', 'input', 'artifacts'] },
  wait: { detail: 'a time or a signal', settings: ['duration', 'until', 'signal'] },
  approval: { detail: 'asks somebody', settings: ['title', 'description', 'role', 'expires', 'onExpire'] },
  workflow: { detail: 'another workflow of the project', settings: ['workflow', 'input'] },
}

const top = ['name', 'description', 'inputs', 'concurrency', 'priority', 'timeout', 'defaults', 'steps', 'on-failure', 'finally', 'outputs']
const step = ['uses', 'with', 'needs', 'if', 'foreach', 'concurrency', 'retry', 'timeout', 'continue-on-error', 'unsafe', 'name']
const retry = ['attempts', 'backoff', 'initial', 'max', 'jitter', 'non-retryable']
const input = ['type', 'required', 'default', 'description', 'enum']

const keysOf = (names: readonly string[]): Completion[] => names.map((label) => ({ label, apply: `${label}: `, type: 'property' }))

/** The keys above the line by indentation, from the outermost in: steps, fetch, with. */
export function pathAt(lines: readonly string[], line: number, indent: number): string[] {
  const path: string[] = []
  let depth = indent
  for (let at = line - 1; at >= 0 && depth > 0; at -= 1) {
    const match = /^(\s*)([A-Za-z][\w-]*):/.exec(lines[at] ?? '')
    const own = match?.[1]?.length ?? 0
    if (match?.[2] && own < depth) {
      path.unshift(match[2])
      depth = own
    }
  }
  return path
}

export function stepKeys(text: string): string[] {
  const body = /^steps:\s*\n((?:[ \t]+.*\n?|\s*\n)*)/m.exec(text)?.[1] ?? ''
  const indent = /^(\s+)\S/.exec(body)?.[1]?.replace(/\n/g, '').length ?? 2
  return [...body.matchAll(new RegExp(`^ {${indent}}([A-Za-z][\\w-]*):`, 'gm'))].map((match) => match[1] ?? '')
}

function keysFor(path: readonly string[], usesHere: string | undefined): Completion[] {
  const [section, , part] = path
  if (path.length === 0) return keysOf(top)
  const isStep = section === 'steps' || section === 'finally' || section === 'on-failure'
  if (isStep && path.length === 2) return keysOf(step)
  if (isStep && part === 'with') return keysOf(executors[usesHere ?? '']?.settings ?? [])
  if (isStep && part === 'retry') return keysOf(retry)
  if (section === 'defaults' && path.length === 1) return keysOf(['retry', 'timeout', 'continue-on-error'])
  if (section === 'defaults' && path[1] === 'retry') return keysOf(retry)
  if (section === 'concurrency') return keysOf(['key', 'limit'])
  if (section === 'inputs' && path.length === 2) return keysOf(input)
  return []
}

/** The executor that the step around a line names. */
function usesAround(lines: readonly string[], at: number): string | undefined {
  for (let line = at; line >= 0; line -= 1) {
    const uses = /^\s*uses:\s*(\S+)/.exec(lines[line] ?? '')?.[1]
    if (uses) return uses
  }
  return undefined
}

const usesOptions = (queues: readonly string[]): Completion[] => [
  ...Object.entries(executors).map(([label, { detail }]) => ({ label, detail, type: 'class' })),
  ...queues.map((label) => ({ label, detail: 'workers of your own', type: 'class' })),
  { label: 'queue:', detail: 'workers of your own, by the name of their queue', type: 'class', boost: -1 },
]

/** Offers what may stand here: keys by where the line is, executors and the queues that were seen after `uses:`, steps inside `needs: [`. */
export function complete(context: CompletionContext, queues: readonly string[] = []): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos)
  const before = line.text.slice(0, context.pos - line.from)
  const uses = /^\s*uses:\s*([\w:-]*)$/.exec(before)?.[1]
  if (uses !== undefined) return uses === '' && !context.explicit ? null : { from: context.pos - uses.length, options: usesOptions(queues) }
  const word = /[\w-]*$/.exec(before)?.[0] ?? ''
  if (word === '' && !context.explicit) return null
  const from = context.pos - word.length
  const text = context.state.doc.toString()
  if (/^\s*needs:\s*\[?[\w\s,-]*$/.test(before)) return { from, options: stepKeys(text).map((label) => ({ label, type: 'variable' })) }
  if (!/^\s*[\w-]*$/.test(before)) return null
  const lines = text.split('\n')
  const indent = before.length - word.length
  const options = keysFor(pathAt(lines, line.number - 1, indent), usesAround(lines, line.number - 1))
  return options.length > 0 ? { from, options } : null
}
