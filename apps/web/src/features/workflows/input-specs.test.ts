import { inputSpecs, readInputs } from './input-specs.ts'

const specs = inputSpecs({
  repo: { type: 'string', required: true },
  depth: { type: 'integer', default: 50 },
  ratio: { type: 'number' },
  loud: { type: 'boolean', default: true },
  tags: { type: 'array' },
  mode: { type: 'string', enum: ['fast', 'full'] },
})

it('reads what was typed as the types say, and leaves the rest to the defaults', () => {
  expect(readInputs(specs, { repo: 'orrery', ratio: '0.5', tags: '["a"]' })).toEqual({
    input: { repo: 'orrery', depth: 50, ratio: 0.5, loud: true, tags: ['a'] },
    errors: {},
  })
})

it('says at the field what is wrong with it', () => {
  expect(readInputs(specs, { depth: '1.5', ratio: 'much', tags: '{}' }).errors).toEqual({
    repo: 'This input is required',
    depth: 'This must be a whole number',
    ratio: 'This must be a number',
    tags: 'This must be a list in JSON',
  })
})

it('does not ask for an input that has a default', () => {
  expect(inputSpecs({ url: { type: 'string', required: true, default: 'x' } })[0]).toMatchObject({ required: false, initial: 'x' })
})
