export { ensureSigningKey, rotateKeys } from './rotate-keys.ts'
export { createSigner, type Signer } from './signer.ts'
