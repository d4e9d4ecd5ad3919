/** Types that are told from the end of a name. Anything else is a stream of bytes. */
const types: Readonly<Record<string, string>> = {
  txt: 'text/plain; charset=utf-8',
  log: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  pdf: 'application/pdf',
  zip: 'application/zip',
  gz: 'application/gzip',
  tar: 'application/x-tar',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
}
/** What a browser may show by itself: it holds no script. */
const shown = new Set(['text/plain; charset=utf-8', 'image/png', 'image/jpeg', 'image/gif', 'image/webp'])

export function contentTypeOf(name: string): string {
  const end = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return (Object.hasOwn(types, end) ? types[end] : undefined) ?? 'application/octet-stream'
}

/** RFC 6266: the name for old clients in ASCII, the true one beside it. Of a path only its end. */
export function dispositionOf({ name, contentType }: { name: string; contentType: string }): string {
  const file = name.slice(name.lastIndexOf('/') + 1)
  const ascii = file.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(file.toWellFormed()).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${shown.has(contentType) ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

export type RangeAsked = { from: number; to: number } | 'all' | 'none'

/** Reads one range of bytes, RFC 9110. What isn't understood is passed over, as it says; `none` is a range beyond the end. */
export function rangeOf(header: string | undefined, sizeBytes: number): RangeAsked {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return 'all'
  const from = first === '' ? Math.max(sizeBytes - Number(last), 0) : Number(first)
  const to = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return 'all'
  return from > to ? 'none' : { from, to }
}

/** Whether one of the tags in a header is this one. */
export const namesTag = (header: string | undefined, tag: string): boolean =>
  header?.trim() === '*' ||
  (header ?? '')
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''))
    .includes(tag)

/** Where an artifact's bytes lie: spread over folders by the end of its id, which is random. */
export const objectKeyOf = (uuid: string): string => `${objectPrefix}${uuid.slice(-2)}/${uuid}`
export const objectPrefix = 'artifacts/'
