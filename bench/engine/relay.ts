import { createLog, openDeps, startRelay } from '@orrery/service-kit'

const { DATABASE_URL = '', REDIS_URL = '' } = process.env
const log = createLog('bench', 'error')
const deps = openDeps({ service: 'realtime-gateway', databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, logLevel: 'error', poolSize: 2, log })
const relay = startRelay(deps)
process.once('disconnect', () => void relay.close().then(deps.close))
process.send?.('ready')
