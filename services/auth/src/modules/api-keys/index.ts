export { revokeApiKeysOf } from './revoke-api-key.ts'
