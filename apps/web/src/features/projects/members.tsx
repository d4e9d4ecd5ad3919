import type { Id, Member, Project, ProjectRole, User } from '@orrery/shared-types'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Field, Input, Select } from '../../components/ui/field.tsx'
import { FormError } from '../../components/ui/form-error.tsx'
import { announce } from '../../components/ui/notices.ts'
import { EmptyState } from '../../components/ui/states.tsx'
import { type Column, Table } from '../../components/ui/table.tsx'
import { Ago } from '../../components/ui/time.tsx'
import { fieldError, messageOf } from '../../lib/api-error.ts'
import { useListing } from '../../lib/pages.ts'
import { useSession } from '../../lib/session.ts'
import { projectQueries, usePutMember } from './project.queries.ts'

const roles: Record<ProjectRole, string> = {
  viewer: 'Viewer: sees everything',
  operator: 'Operator: starts and cancels runs',
  manager: 'Manager: changes workflows and schedules',
  owner: 'Owner: also says who belongs',
}
const roleOrder = ['viewer', 'operator', 'manager', 'owner'] as const

/** Who the ids are; only an administrator may know everybody. */
function usePeople(): User[] {
  const me = useSession((session) => session.user)
  const { data } = useQuery({ ...projectQueries.people(), enabled: me?.role === 'admin' })
  return data ?? (me ? [me] : [])
}

export function Members({ project }: { project: Project }) {
  const listing = useListing(projectQueries.members(project.id))
  const people = usePeople()
  const nameOf = (id: string) => {
    const person = people.find((one) => one.id === id)
    return person ? (person.fullName ?? person.username) : null
  }
  const columns: Column<Member>[] = [
    { key: 'user', header: 'Member', grow: true, cell: (member) => <Who id={member.userId} name={nameOf(member.userId)} /> },
    { key: 'role', header: 'Role', cell: (member) => <span className="capitalize">{member.role}</span> },
    { key: 'since', header: 'Since', hideBelow: 'sm', right: true, cell: (member) => <Ago at={member.createdAt} /> },
  ]
  return (
    <>
      {project.role === 'owner' && <AddMember project={project} people={people} />}
      <Table
        bare
        label="Members"
        columns={columns}
        listing={listing}
        rowKey={(member) => member.userId}
        empty={<EmptyState title="No members">Nobody belongs to this project.</EmptyState>}
      />
    </>
  )
}

function Who({ id, name }: { id: string; name: string | null }) {
  return (
    <span className="flex items-center gap-1 truncate">
      {name ? <span className="font-medium">{name}</span> : <code className="truncate font-mono text-xs">{id}</code>}
      <CopyButton text={id} label="Copy user id" />
    </span>
  )
}

function AddMember({ project, people }: { project: Project; people: User[] }) {
  const [userId, setUserId] = useState('')
  const [role, setRole] = useState<ProjectRole>('operator')
  const put = usePutMember(project.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    put.mutate(
      { userId: asUserId(userId.trim()), role },
      {
        onSuccess: () => {
          setUserId('')
          announce('The member is added')
        },
      },
    )
  }
  const wrong = fieldError(put.error, '/userId')
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 border-b border-line p-4">
      <div className="grid items-start gap-3 sm:grid-cols-[1fr_16rem_auto]">
        <Field label="User id" error={wrong} help="Everyone finds their own in the menu under their name">
          <Input
            value={userId}
            onChange={(event) => setUserId(event.target.value)}
            placeholder="usr_…"
            list="people"
            className="font-mono"
            spellCheck={false}
          />
        </Field>
        <datalist id="people">
          {people.map((person) => (
            <option key={person.id} value={person.id}>
              {person.fullName ?? person.username}
            </option>
          ))}
        </datalist>
        <Field label="Role">
          <Select value={role} onChange={(event) => setRole(roleOrder.find((one) => one === event.target.value) ?? 'viewer')}>
            {roleOrder.map((one) => (
              <option key={one} value={one}>
                {roles[one]}
              </option>
            ))}
          </Select>
        </Field>
        <Button type="submit" className="sm:mt-6" busy={put.isPending} disabled={!userId.trim()}>
          Add member
        </Button>
      </div>
      <FormError message={put.error && !wrong ? messageOf(put.error) : null} />
    </form>
  )
}

/** What was typed goes to the server as it is; it refuses what is no id. */
const asUserId = (text: string) => text as Id<'user'>
