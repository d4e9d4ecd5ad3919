import type { PartState } from '@orrery/shared-types'

/** Another part of the installation: whether it works, and its share of the API description. */
export type Part = {
  name: string
  state: () => Promise<PartState>
  openApi: () => Promise<object | null>
}

const waitMs = 2000

/** Parts that answer over HTTP: `name=http://host:port` with commas. */
export function remoteParts(text: string): Part[] {
  return text
    .split(',')
    .filter(Boolean)
    .map((each) => {
      const at = each.indexOf('=')
      const name = each.slice(0, at).trim()
      const url = each.slice(at + 1).trim()
      return {
        name,
        state: async () => ((await ask(`${url}/readiness`)).ok ? 'healthy' : 'unhealthy'),
        openApi: async () => {
          const answer = await ask(`${url}/internal/openapi.json`)
          return answer.ok ? ((await answer.json()) as object) : null
        },
      }
    })
}

const ask = (url: string) => fetch(url, { signal: AbortSignal.timeout(waitMs) })
