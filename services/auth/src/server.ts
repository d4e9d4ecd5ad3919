import { loadConfig, runService } from '@orrery/service-kit'
import { buildApp } from './app.ts'
import { AuthConfig } from './config.ts'

const config = loadConfig(AuthConfig, process.env)
await runService('auth', config, (deps) => buildApp(deps, config))
