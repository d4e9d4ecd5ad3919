import { loadConfig, runService } from '@orrery/service-kit'
import { buildApp } from './app.ts'
import { remoteParts } from './clients/parts.ts'
import { GatewayConfig } from './config.ts'

const config = loadConfig(GatewayConfig, process.env)
await runService('realtime-gateway', config, (deps) => buildApp(deps, config, remoteParts(config.ORRERY_PARTS)))
