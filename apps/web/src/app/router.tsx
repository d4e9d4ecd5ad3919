import { createBrowserRouter, Navigate, type RouteObject } from 'react-router'
import { SignedIn, SignedOut } from './gates.tsx'
import { NotFound, RouteError } from './route-error.tsx'
import { Shell } from './shell/shell.tsx'

// Features don't know each other: where one shows a piece of another, a file of slots/ puts it in. One for each page, so that
// nobody loads another page with his own.
const panels = {
  newProject: async () => ({ Component: (await import('../features/projects/new-project-panel.tsx')).NewProjectPanel }),
  newSchedule: async () => ({ Component: (await import('./slots/new-schedule-route.tsx')).NewScheduleRoute }),
  editSchedule: async () => ({ Component: (await import('./slots/edit-schedule-route.tsx')).EditScheduleRoute }),
  schedule: async () => ({ Component: (await import('../features/schedules/schedule-panel.tsx')).SchedulePanel }),
  newAgent: async () => ({ Component: (await import('../features/agents/new-agent-panel.tsx')).NewAgentPanel }),
  newWebhook: async () => ({ Component: (await import('../features/webhooks/new-webhook-panel.tsx')).NewWebhookPanel }),
  webhook: async () => ({ Component: (await import('../features/webhooks/webhook-panel.tsx')).WebhookPanel }),
  newHook: async () => ({ Component: (await import('./slots/new-hook-route.tsx')).NewHookRoute }),
  hook: async () => ({ Component: (await import('../features/webhooks/hook-panel.tsx')).HookPanel }),
  agent: async () => ({ Component: (await import('../features/agents/agent-panel.tsx')).AgentPanel }),
  queue: async () => ({ Component: (await import('../features/queues/queue-panel.tsx')).QueuePanel }),
  deadLetter: async () => ({ Component: (await import('../features/queues/dead-letter-panel.tsx')).DeadLetterPanel }),
}

const pages: RouteObject[] = [
  { index: true, lazy: async () => ({ Component: (await import('./overview/overview-page.tsx')).OverviewPage }) },
  {
    path: 'projects',
    lazy: async () => ({ Component: (await import('../features/projects/projects-page.tsx')).ProjectsPage }),
    children: [{ path: 'new', lazy: panels.newProject }],
  },
  { path: 'projects/:projectId', lazy: async () => ({ Component: (await import('./slots/project-route.tsx')).ProjectRoute }) },
  { path: 'workflows', lazy: async () => ({ Component: (await import('../features/workflows/workflows-page.tsx')).WorkflowsPage }) },
  {
    path: 'workflows/new',
    lazy: async () => ({ Component: (await import('./slots/editor-routes.tsx')).NewWorkflowRoute }),
  },
  { path: 'workflows/:workflowId', lazy: async () => ({ Component: (await import('./slots/editor-routes.tsx')).EditorRoute }) },
  {
    path: 'workflows/:workflowId/versions',
    lazy: async () => ({ Component: (await import('../features/workflows/life/versions-page.tsx')).VersionsPage }),
  },
  { path: 'runs', lazy: async () => ({ Component: (await import('./slots/runs-route.tsx')).RunsRoute }) },
  { path: 'runs/:runId', lazy: async () => ({ Component: (await import('./slots/run-route.tsx')).RunRoute }) },
  { path: 'runs/:runId/compare', lazy: async () => ({ Component: (await import('../features/runs/compare-page.tsx')).ComparePage }) },
  {
    path: 'schedules/calendar',
    lazy: async () => ({ Component: (await import('../features/schedules/calendar/calendar-page.tsx')).CalendarPage }),
  },
  {
    path: 'schedules',
    lazy: async () => ({ Component: (await import('../features/schedules/schedules-page.tsx')).SchedulesPage }),
    children: [
      { path: 'new', lazy: panels.newSchedule },
      { path: ':scheduleId', lazy: panels.schedule },
      { path: ':scheduleId/edit', lazy: panels.editSchedule },
    ],
  },
  {
    path: 'agents',
    lazy: async () => ({ Component: (await import('../features/agents/agents-page.tsx')).AgentsPage }),
    children: [
      { path: 'new', lazy: panels.newAgent },
      { path: ':agentId', lazy: panels.agent },
    ],
  },
  {
    path: 'webhooks',
    lazy: async () => ({ Component: (await import('../features/webhooks/webhooks-page.tsx')).WebhooksPage }),
    children: [
      { path: 'new', lazy: panels.newWebhook },
      { path: 'hooks', element: null },
      { path: 'hooks/new', lazy: panels.newHook },
      { path: 'hooks/:hookId', lazy: panels.hook },
      { path: ':webhookId', lazy: panels.webhook },
    ],
  },
  {
    path: 'queues/dead-letters',
    lazy: async () => ({ Component: (await import('../features/queues/dead-letters-page.tsx')).DeadLettersPage }),
    children: [{ path: ':letterId', lazy: panels.deadLetter }],
  },
  {
    path: 'queues',
    lazy: async () => ({ Component: (await import('../features/queues/queues-page.tsx')).QueuesPage }),
    children: [{ path: ':name', lazy: panels.queue }],
  },
  { path: 'system', lazy: async () => ({ Component: (await import('../features/system/system-page.tsx')).SystemPage }) },
  { path: '*', Component: NotFound },
]

export const routes: RouteObject[] = [
  {
    ErrorBoundary: RouteError,
    HydrateFallback: () => null,
    children: [
      {
        Component: SignedOut,
        children: [
          { path: 'login', lazy: async () => ({ Component: (await import('../features/auth/login-page.tsx')).LoginPage }) },
          { path: 'register', lazy: async () => ({ Component: (await import('../features/auth/register-page.tsx')).RegisterPage }) },
        ],
      },
      { Component: SignedIn, children: [{ Component: Shell, children: [{ ErrorBoundary: RouteError, children: pages }] }] },
      { path: '*', element: <Navigate to="/" replace /> },
    ],
  },
]

export const createRouter = () => createBrowserRouter(routes)
