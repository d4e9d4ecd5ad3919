import { type AllowList, checkDestination, DestinationRefused, invalid } from '@orrery/core'

/** Refuses an address that nothing may be sent to. Looks the name up, so it is asked before a transaction. */
export async function requireTarget(text: string, allow: AllowList): Promise<string> {
  if (!URL.canParse(text)) throw invalid('/url', 'must be an address, as https://example.com/orrery')
  const url = new URL(text)
  if (url.hash !== '') throw invalid('/url', 'must not have a part after #: it is never sent')
  try {
    await checkDestination(url, allow)
  } catch (error) {
    throw error instanceof DestinationRefused ? invalid('/url', error.message) : error
  }
  return url.toString()
}
