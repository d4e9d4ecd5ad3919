import { type Static, Type } from '@sinclair/typebox'
import { Input, Name, Nullable, OneOf, PageOf, pageQuery, Timestamp } from './base.ts'
import { IdOf } from './ids.ts'
import { ProjectRole } from './roles.ts'
import { Status } from './status.ts'

const Description = Type.String({ maxLength: 20_000 })
export const riskFlags = ['none', 'at_risk', 'off_track'] as const
export const projectStatuses = ['active', 'archived'] as const
const Risk = OneOf(riskFlags)
const ProjectStatus = OneOf(projectStatuses)

export const Project = Type.Object({
  id: IdOf('project'),
  name: Type.String(),
  description: Nullable(Type.String()),
  parentId: Nullable(IdOf('project')),
  ownerId: IdOf('user'),
  status: ProjectStatus,
  riskFlag: Risk,
  dueAt: Nullable(Timestamp),
  progress: Type.Number({ description: 'Share of its tasks that are done, 0 to 1' }),
  role: ProjectRole,
  version: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Project = Static<typeof Project>
export const ProjectPage = PageOf(Project)

export const CreateProject = Input({
  name: Name,
  description: Type.Optional(Description),
  parentId: Type.Optional(IdOf('project')),
  dueAt: Type.Optional(Timestamp),
})
export type CreateProject = Static<typeof CreateProject>
export const UpdateProject = Input({
  name: Type.Optional(Name),
  description: Type.Optional(Nullable(Description)),
  parentId: Type.Optional(Nullable(IdOf('project'))),
  dueAt: Type.Optional(Nullable(Timestamp)),
  riskFlag: Type.Optional(Risk),
  status: Type.Optional(ProjectStatus),
})
export type UpdateProject = Static<typeof UpdateProject>
export const ProjectQuery = Input({
  ...pageQuery,
  status: Type.Optional(Type.String()),
  ownerId: Type.Optional(IdOf('user')),
  riskFlag: Type.Optional(Type.String()),
  overdue: Type.Optional(Type.Boolean()),
})
export type ProjectQuery = Static<typeof ProjectQuery>

export const Member = Type.Object({ userId: IdOf('user'), role: ProjectRole, createdAt: Timestamp })
export type Member = Static<typeof Member>
export const MemberPage = PageOf(Member)
export const PutMember = Input({ userId: IdOf('user'), role: ProjectRole })
export type PutMember = Static<typeof PutMember>

export const Assignee = Input({ type: OneOf(['user', 'agent']), id: Type.String({ maxLength: 40 }) })
export type Assignee = Static<typeof Assignee>
/** Least urgent first. */
export const taskPriorities = ['low', 'medium', 'high', 'urgent'] as const
export const taskKinds = ['task', 'story'] as const
const Priority = OneOf(taskPriorities)
const TaskKind = OneOf(taskKinds)
const Labels = Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 20 })

export const Task = Type.Object({
  id: IdOf('task'),
  projectId: IdOf('project'),
  parentId: Nullable(IdOf('task')),
  kind: TaskKind,
  title: Type.String(),
  description: Nullable(Type.String()),
  status: Status,
  priority: Priority,
  dueAt: Nullable(Timestamp),
  labels: Type.Array(Type.String()),
  assignee: Nullable(Assignee),
  progress: Type.Number({ description: 'Done share of its sub-tasks, or 1 when done without any' }),
  version: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Task = Static<typeof Task>
export const TaskPage = PageOf(Task)

export const CreateTask = Input({
  projectId: IdOf('project'),
  title: Name,
  kind: Type.Optional(TaskKind),
  parentId: Type.Optional(IdOf('task')),
  description: Type.Optional(Description),
  priority: Type.Optional(Priority),
  dueAt: Type.Optional(Timestamp),
  labels: Type.Optional(Labels),
  assignee: Type.Optional(Assignee),
})
export type CreateTask = Static<typeof CreateTask>
export const UpdateTask = Input({
  title: Type.Optional(Name),
  kind: Type.Optional(TaskKind),
  parentId: Type.Optional(Nullable(IdOf('task'))),
  description: Type.Optional(Nullable(Description)),
  priority: Type.Optional(Priority),
  dueAt: Type.Optional(Nullable(Timestamp)),
  labels: Type.Optional(Labels),
  assignee: Type.Optional(Nullable(Assignee)),
})
export type UpdateTask = Static<typeof UpdateTask>
export const SetTaskStatus = Input({ status: Status })
export const TaskQuery = Input({
  ...pageQuery,
  projectId: Type.Optional(IdOf('project')),
  parentId: Type.Optional(IdOf('task')),
  status: Type.Optional(Type.String({ description: 'One or several, with commas' })),
  priority: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  label: Type.Optional(Type.String()),
  assigneeId: Type.Optional(Type.String()),
})
export type TaskQuery = Static<typeof TaskQuery>
