// Builds the web app, the one part that needs building.
import { buildWeb, install } from './prepare.mjs'

await install()
await buildWeb()
