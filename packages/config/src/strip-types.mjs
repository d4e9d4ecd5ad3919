import { stripTypeScriptTypes } from 'node:module'

/** Tests run the very text that Node runs in production: types blanked out, nothing rewritten, every position kept. */
export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) }
