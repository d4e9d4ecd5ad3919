export type InputSpec = {
  name: string
  type: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array'
  required: boolean
  description: string | null
  choices: string[] | null
  initial: string
}
export type InputReading = { input: Record<string, unknown>; errors: Record<string, string> }

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const asText = (value: unknown) => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value))

/** What a form needs to know of each input that a definition declares. */
export function inputSpecs(inputs: Record<string, unknown>): InputSpec[] {
  return Object.entries(inputs).map(([name, raw]) => {
    const spec = isRecord(raw) ? raw : {}
    const choices = Array.isArray(spec['enum']) ? spec['enum'].map(asText) : null
    return {
      name,
      type: types.find((type) => type === spec['type']) ?? 'string',
      required: spec['required'] === true && spec['default'] === undefined,
      description: typeof spec['description'] === 'string' ? spec['description'] : null,
      choices,
      initial: asText(spec['default']),
    }
  })
}

/** Values as they would have been typed, to start from those of an earlier run. */
export const typedFrom = (input: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(input).map(([name, value]) => [name, asText(value)]))

/** Turns what was typed into values; an empty field leaves its input to the default. */
export function readInputs(specs: readonly InputSpec[], typed: Record<string, string>): InputReading {
  const reading: InputReading = { input: {}, errors: {} }
  for (const spec of specs) {
    const text = typed[spec.name] ?? spec.initial
    if (text.trim() === '') {
      if (spec.required) reading.errors[spec.name] = 'This input is required'
      continue
    }
    const result = readOne(spec, text)
    if ('error' in result) reading.errors[spec.name] = result.error
    else reading.input[spec.name] = result.value
  }
  return reading
}

function readOne(spec: InputSpec, text: string): { value: unknown } | { error: string } {
  if (spec.type === 'string') return { value: text }
  if (spec.type === 'boolean') return { value: text === 'true' }
  if (spec.type === 'number' || spec.type === 'integer') {
    const value = Number(text)
    if (Number.isNaN(value)) return { error: 'This must be a number' }
    return spec.type === 'integer' && !Number.isInteger(value) ? { error: 'This must be a whole number' } : { value }
  }
  try {
    const value: unknown = JSON.parse(text)
    const fits = spec.type === 'array' ? Array.isArray(value) : isRecord(value)
    return fits ? { value } : { error: `This must be ${spec.type === 'array' ? 'a list' : 'an object'} in JSON` }
  } catch {
    return { error: 'This is not valid JSON' }
  }
}
