import { loadConfig, runService } from '@orrery/service-kit'
import { buildApp } from './app.ts'
import { SchedulerConfig } from './config.ts'

const config = loadConfig(SchedulerConfig, process.env)
await runService('scheduler', config, (deps) => buildApp(deps, config))
