import type { CreateProject, Id, Member, Page, Project, PutMember, User } from '@orrery/shared-types'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, newIdempotencyKey } from '../../lib/api.ts'
import type { LiveHandlers } from '../../lib/live-events.ts'
import { pagesOf } from '../../lib/pages.ts'

const keys = {
  all: ['projects'] as const,
  detail: (id: string) => ['projects', 'detail', id] as const,
  members: (id: string) => ['projects', 'members', id] as const,
}

export const projectQueries = {
  /** The projects that the switcher and the pickers offer. */
  choices: () =>
    queryOptions({
      queryKey: [...keys.all, 'choices'],
      queryFn: async ({ signal }) => (await api.get<Page<Project>>('/projects', { query: { limit: 200 }, signal })).items,
    }),
  list: (q: string) => pagesOf<Project>([...keys.all, 'list', q], '/projects', { q, sort: '-createdAt' }),
  detail: (id: string) =>
    queryOptions({ queryKey: keys.detail(id), queryFn: ({ signal }) => api.get<Project>(`/projects/${id}`, { signal }) }),
  members: (id: string) => pagesOf<Member>(keys.members(id), `/projects/${id}/members`),
  /** Names for ids; only administrators may list users. */
  people: () =>
    queryOptions({
      queryKey: ['users', 'choices'],
      queryFn: async ({ signal }) => (await api.get<Page<User>>('/users', { query: { limit: 200 }, signal })).items,
    }),
}

export function useCreateProject() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key, ...input }: CreateProject & { key: string }) => api.post<Project>('/projects', input, { idempotencyKey: key }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all }),
  })
}

export function usePutMember(projectId: Id<'project'>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (member: PutMember) => api.post<Member>(`/projects/${projectId}/members`, member, { idempotencyKey: newIdempotencyKey() }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.members(projectId) }),
  })
}

export const projectLive: LiveHandlers = {
  'project.created': (_, { touch }) => touch(keys.all),
  'project.updated': (_, { touch }) => touch(keys.all),
  'project.deleted': (_, { touch }) => touch(keys.all),
  'member.added': (event, { touch }) => touch(keys.members(event.entityId)),
  'member.updated': (event, { touch }) => touch(keys.members(event.entityId)),
  'member.removed': (event, { touch }) => touch(keys.members(event.entityId)),
}
