import { benchEngine } from './engine/engine.ts'

const what = process.argv[2] ?? 'engine'
if (what !== 'engine') throw new Error(`There is no bench ${what}; there is engine`)
const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
const figures = await benchEngine({
  runs: number('RUNS', 10_000),
  fans: number('FANS', 50),
  warmup: 500,
  latency: 100,
  rounds: number('ROUNDS', 3),
})
console.log(JSON.stringify(figures, (_, value) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value), 2))
process.exit(0)
