export type { ArtifactMachinery } from './artifact.context.ts'
export { storeArtifact } from './store-artifact.ts'
