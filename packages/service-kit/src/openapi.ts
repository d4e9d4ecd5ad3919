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
