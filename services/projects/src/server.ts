import { loadConfig, runService } from '@orrery/service-kit'
import { buildApp } from './app.ts'
import { ProjectsConfig } from './config.ts'

const config = loadConfig(ProjectsConfig, process.env)
await runService('projects', config, (deps) => buildApp(deps, config))
