import { loadConfig, runService } from '@orrery/service-kit'
import { buildApp } from './app.ts'
import { MemoryConfig } from './config.ts'

const config = loadConfig(MemoryConfig, process.env)
await runService('memory-mcp', config, (deps) => buildApp(deps, config))
