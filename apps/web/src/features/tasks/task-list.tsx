import type { Id, Status, Task } from '@orrery/shared-types'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Input } from '../../components/ui/field.tsx'
import { Menu, MenuItem } from '../../components/ui/menu.tsx'
import { announce, announceFailure } from '../../components/ui/notices.ts'
import { EmptyState } from '../../components/ui/states.tsx'
import { StatusBadge, StatusGlyph, statusWords } from '../../components/ui/status.tsx'
import { type Column, Table } from '../../components/ui/table.tsx'
import { Ago } from '../../components/ui/time.tsx'
import { useListing } from '../../lib/pages.ts'
import { taskQueries, useCreateTask, useSetTaskStatus } from './task.queries.ts'

const choices: Status[] = ['queued', 'in_progress', 'blocked', 'done', 'failed', 'canceled']
const priorities: Record<Task['priority'], string> = { low: 'Low', medium: 'Medium', high: 'High', urgent: 'Urgent' }

const columns: Column<Task>[] = [
  {
    key: 'title',
    header: 'Task',
    grow: true,
    cell: (task) => (
      <span className="block truncate font-medium" title={task.title}>
        {task.title}
      </span>
    ),
  },
  { key: 'priority', header: 'Priority', hideBelow: 'sm', cell: (task) => <span className="text-ink-2">{priorities[task.priority]}</span> },
  { key: 'due', header: 'Due', hideBelow: 'md', right: true, cell: (task) => <Ago at={task.dueAt} /> },
  { key: 'status', header: 'Status', cell: (task) => <TaskStatus task={task} /> },
]

export function TaskList({ projectId, canChange }: { projectId: Id<'project'>; canChange: boolean }) {
  const listing = useListing(taskQueries.list(projectId))
  const empty = (
    <EmptyState title="No tasks yet">
      A task is one piece of work for a person or an agent. Write its title {canChange ? 'above' : 'here'} and press Enter.
    </EmptyState>
  )
  return (
    <>
      {canChange && <AddTask projectId={projectId} />}
      <Table bare label="Tasks" columns={columns} listing={listing} rowKey={(task) => task.id} empty={empty} />
    </>
  )
}

function AddTask({ projectId }: { projectId: Id<'project'> }) {
  const [title, setTitle] = useState('')
  const create = useCreateTask()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!title.trim()) return
    create.mutate(
      { projectId, title: title.trim() },
      { onSuccess: () => setTitle(''), onError: (error) => announceFailure('The task was not added', error) },
    )
  }
  return (
    <form onSubmit={submit} className="flex gap-2 border-b border-line p-3">
      <Input
        aria-label="Title of a new task"
        placeholder="Add a task"
        value={title}
        maxLength={200}
        onChange={(event) => setTitle(event.target.value)}
      />
      <Button type="submit" busy={create.isPending} disabled={!title.trim()}>
        Add
      </Button>
    </form>
  )
}

function TaskStatus({ task }: { task: Task }) {
  const set = useSetTaskStatus()
  const change = (status: Status) =>
    set.mutate(
      { id: task.id, status },
      {
        onSuccess: () => announce(`${task.title}: ${statusWords[status].toLowerCase()}`),
        onError: (error) => announceFailure('The status was not changed', error),
      },
    )
  const trigger = (
    <button
      type="button"
      aria-label={`Status of ${task.title}: ${statusWords[task.status]}. Change it`}
      className="relative z-10 -mx-1.5 rounded-md px-1.5 py-0.5 hover:bg-raised"
    >
      <StatusBadge status={task.status} />
    </button>
  )
  return (
    <Menu trigger={trigger} align="end">
      {choices.map((status) => (
        <MenuItem key={status} checked={status === task.status} onSelect={() => change(status)}>
          <StatusGlyph status={status} />
          {statusWords[status]}
        </MenuItem>
      ))}
    </Menu>
  )
}
