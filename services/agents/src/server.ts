import { loadConfig, runService } from '@orrery/service-kit'
import { buildApp } from './app.ts'
import { AgentsConfig } from './config.ts'

const config = loadConfig(AgentsConfig, process.env)
await runService('agents', config, (deps) => buildApp(deps, config))
