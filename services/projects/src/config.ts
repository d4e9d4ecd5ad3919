import { baseSettings } from '@orrery/service-kit'
import { type Static, Type } from '@sinclair/typebox'

export const ProjectsConfig = Type.Object({
  ...baseSettings,
  PORT: Type.Integer({ default: 3002, minimum: 0, maximum: 65_535 }),
  ADMIN_PORT: Type.Integer({ default: 9002, minimum: 0, maximum: 65_535 }),
})
export type ProjectsConfig = Static<typeof ProjectsConfig>
