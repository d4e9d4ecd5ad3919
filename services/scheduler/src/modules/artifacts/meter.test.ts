import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Meter } from './meter.ts'

const sink = async (source: AsyncIterable<Buffer>) => {
  for await (const chunk of source) void chunk
}
const beyond = () => new Error('too much')

it('counts and hashes what goes through', async () => {
  const meter = new Meter(10, beyond)
  await pipeline(Readable.from([Buffer.from('hello'), Buffer.from('world')]), meter, sink)
  expect([meter.bytes, meter.sha256()]).toEqual([10, createHash('sha256').update('helloworld').digest('hex')])
})

it('breaks off at the first byte beyond its limit', async () => {
  await expect(pipeline(Readable.from([Buffer.from('hello'), Buffer.from('worlds')]), new Meter(10, beyond), sink)).rejects.toThrow(
    'too much',
  )
})

it('breaks off when nothing comes for a while', async () => {
  const body = new Readable({ read() {} })
  body.push('x')
  await expect(pipeline(body, new Meter(10, beyond, 30), sink)).rejects.toThrow('Nothing came for 30 ms')
  expect(body.destroyed).toBe(true)
})
