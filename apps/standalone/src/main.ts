import { loadConfig } from '@orrery/service-kit'
import closeWithGrace from 'close-with-grace'
import { StandaloneConfig } from './config.ts'
import { startStandalone } from './standalone.ts'

const say = (line: string) => console.log(`orrery: ${line}`)

function giveUp(error: unknown): never {
  const debugging = process.env['LOG_LEVEL'] === 'debug' || process.env['LOG_LEVEL'] === 'trace'
  console.error('orrery:', debugging || !(error instanceof Error) ? error : error.message)
  process.exit(1)
}

const config = (() => {
  try {
    return loadConfig(StandaloneConfig, process.env)
  } catch (error) {
    return giveUp(error)
  }
})()

const standalone = startStandalone({ config, env: process.env, say })
const logger = { error: (error: unknown) => console.error('orrery: stopping after a failure:', error) }
const grace = closeWithGrace({ delay: 30_000, logger }, () => standalone.close())
// The script that started this process is gone, by kill -9 perhaps: nobody could stop us any more.
process.once('disconnect', () => grace.close())

await standalone.ready.catch(async (error: unknown) => {
  await standalone.close()
  giveUp(error)
})
console.log(`Orrery is ready at ${standalone.origin}`)
