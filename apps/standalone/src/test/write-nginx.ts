import { writeFileSync } from 'node:fs'
import { nginxTemplate } from './nginx-template.ts'

writeFileSync(new URL('../../../../infra/nginx/orrery.conf.template', import.meta.url), nginxTemplate())
