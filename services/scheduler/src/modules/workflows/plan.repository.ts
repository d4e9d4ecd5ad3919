import type { DefinitionSource } from '@orrery/shared-types'
import type pg from 'pg'

export async function findVersion(pool: pg.Pool, workflowId: string, version: number): Promise<DefinitionSource | undefined> {
  const { rows } = await pool.query<{ definition: DefinitionSource }>(
    'select definition from scheduler.workflow_versions where workflow_id = $1 and version = $2',
    [workflowId, version],
  )
  return rows[0]?.definition
}

export async function findPublished(
  pool: pg.Pool,
  projectId: string,
  slug: string,
): Promise<{ workflowId: string; version: number; paused: boolean } | undefined> {
  const { rows } = await pool.query<{ id: string; published_version: number; paused: boolean }>(
    `select id, published_version, paused_at is not null as paused from scheduler.workflows where project_id = $1 and slug = $2 and published_version is not null and status <> 'archived'`,
    [projectId, slug],
  )
  return rows[0] && { workflowId: rows[0].id, version: rows[0].published_version, paused: rows[0].paused }
}
