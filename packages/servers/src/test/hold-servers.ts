// Run as a process of its own by tests that kill it: starts the servers, says where they are, and waits.
import { startServers } from '../index.ts'

const log = () => undefined
const { databaseUrl, redisUrl, chromaUrl, stop } = await startServers({ dataDir: process.argv[2] ?? '', durable: true, log })
process.once('SIGTERM', () => void stop())
process.stdout.write(`${JSON.stringify({ databaseUrl, redisUrl, chromaUrl })}\n`)
