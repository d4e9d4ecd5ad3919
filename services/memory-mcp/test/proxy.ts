import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A door to a server that can be shut, or left open with nobody behind it. */
export async function openProxy(target: string) {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let silent = false
  const serve = async (at: number): Promise<Server> => {
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => socket.destroy()))
      if (silent) return
      const behind = connect(Number(port), hostname).on('error', () => socket.destroy())
      sockets.add(behind)
      socket.pipe(behind).pipe(socket)
    })
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  let server = await serve(0)
  const address = server.address()
  const own = typeof address === 'object' && address ? address.port : 0
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  const shut = async () => {
    server.close()
    cut()
  }
  return {
    url: `http://127.0.0.1:${own}`,
    shut,
    reopen: async () => {
      server = await serve(own)
    },
    /** Takes connections and never answers. */
    beSilent: () => {
      silent = true
      cut()
    },
    close: shut,
  }
}
