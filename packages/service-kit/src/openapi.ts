import type { FastifyContextConfig, FastifySchema, RouteOptions } from 'fastify'

type Document = {
  openapi?: string
  info?: object
  paths?: object
  components?: { schemas?: object; securitySchemes?: object }
  tags?: { name: string }[]
}

/** Joins the descriptions of several services into one: their paths don't overlap, the first says what the whole is called. */
export function joinOpenApi(documents: object[]): object {
  const all = documents as Document[]
  const [first] = all
  return {
    openapi: '3.1.0',
    info: first?.info ?? {},
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths: Object.assign({}, ...all.map((each) => each.paths ?? {})) as object,
    components: {
      schemas: Object.assign({}, ...all.map((each) => each.components?.schemas ?? {})) as object,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}

const idempotencyKey = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  description:
    'Any text that names this one change. Sent again with the same request, the first answer comes again, or what was changed as it is by then, and nothing is done; with another request it is refused with 409.',
}
const ifMatch = {
  type: 'string',
  description: 'The version that is to be changed, in quotes as ETag gave it: `"3"`. Answers 412 where somebody was faster.',
}

/** Whether a POST keeps its answer: not where that holds a secret, nor where doing it again is asking again. */
export const takesKey = ({ public: isPublic, secretAnswer, repeatable }: FastifyContextConfig = {}): boolean =>
  !isPublic && !secretAnswer && !repeatable

/** Adds to the description of a route what `createService` does for it: the headers that it takes, and whether it asks for a credential. */
export function describeRoute({ schema, url, route }: { schema: FastifySchema; url: string; route: RouteOptions }) {
  const { public: isPublic = false } = route.config ?? {}
  const answers = Object.keys((schema?.response as object | undefined) ?? {})
  const headers = {
    ...(route.method === 'POST' && takesKey(route.config) && { 'Idempotency-Key': idempotencyKey }),
    ...(answers.includes('412') && { 'If-Match': ifMatch }),
  }
  const described = Object.keys(headers).length > 0 ? { ...schema, headers: { type: 'object', properties: headers } } : schema
  return { schema: isPublic ? { ...described, security: [] } : described, url }
}
