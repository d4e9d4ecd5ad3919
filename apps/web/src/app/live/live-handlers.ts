import { agentLive } from '../../features/agents/agent.queries.ts'
import { projectLive } from '../../features/projects/project.queries.ts'
import { queueLive } from '../../features/queues/queue.queries.ts'
import { runLive } from '../../features/runs/run.live.ts'
import { scheduleLive } from '../../features/schedules/schedule.queries.ts'
import { taskLive } from '../../features/tasks/task.queries.ts'
import { webhookLive } from '../../features/webhooks/webhook.queries.ts'
import { workflowLive } from '../../features/workflows/workflow.queries.ts'
import type { LiveHandlers } from '../../lib/live-events.ts'

export const liveHandlers: readonly LiveHandlers[] = [
  runLive,
  scheduleLive,
  workflowLive,
  projectLive,
  taskLive,
  agentLive,
  webhookLive,
  queueLive,
]
