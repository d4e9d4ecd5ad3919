import type { Socket } from 'node:net'
import type { ClientBase } from 'pg'

/** The driver has no public way to the socket of a connection. */
export const socketOf = (client: ClientBase): Socket => (client as unknown as { connection: { stream: Socket } }).connection.stream

/** Sends all statements that `send` makes at once in one write: on a busy machine each write wakes the server up. For pipelined connections. */
export function together<T>(client: ClientBase, send: () => T): T {
  const socket = socketOf(client)
  socket.cork()
  try {
    return send()
  } finally {
    socket.uncork()
  }
}
