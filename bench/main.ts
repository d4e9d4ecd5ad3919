import { benchEngine } from './engine/engine.ts'

const what = process.argv[2] ?? 'engine'
if (what !== 'engine') throw new Error(`There is no bench ${what}; there is engine`)
const figures = await benchEngine({
  runs: Number(process.env['RUNS'] ?? 10_000),
  fans: Number(process.env['FANS'] ?? 50),
  warmup: 500,
  latency: 100,
})
console.log(JSON.stringify(figures, null, 2))
process.exit(0)
