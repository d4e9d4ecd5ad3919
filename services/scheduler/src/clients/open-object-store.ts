import { openFileStore } from './file-store.ts'
import type { ObjectStore } from './object-store.ts'
import { openS3Store } from './s3-store.ts'

export type ObjectStoreConfig = {
  ORRERY_DATA_DIR: string
  S3_ENDPOINT?: string | undefined
  S3_BUCKET: string
  S3_REGION: string
  S3_ACCESS_KEY_ID?: string | undefined
  S3_SECRET_ACCESS_KEY?: string | undefined
  S3_PATH_STYLE: boolean
}

/** S3 where an endpoint is given, else plain files in the data folder. */
export function openObjectStore(config: ObjectStoreConfig): ObjectStore {
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config
  if (endpoint === undefined) return openFileStore(config.ORRERY_DATA_DIR)
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new Error('The settings are not valid:\n  S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY: give both, or none to use those of the machine')
  return openS3Store({
    endpoint,
    bucket: config.S3_BUCKET,
    region: config.S3_REGION,
    pathStyle: config.S3_PATH_STYLE,
    ...(accessKeyId !== undefined && secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  })
}
