import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

const keepAliveMs = 30_000

export type TcpProxy = Awaited<ReturnType<typeof openTcpProxy>>

type Line = { near: Socket; far: Socket; mute: boolean; deaf: boolean; delayMs: () => number }

/** Connects to one of several replicas: in turn, and to the next one where nobody answers. */
async function connectAny(targets: string[], turn: number): Promise<Socket | undefined> {
  for (let i = 0; i < targets.length; i++) {
    const { hostname, port } = new URL(targets[(turn + i) % targets.length] ?? '')
    const socket = connect(Number(port), hostname)
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    if (isUp) return socket
  }
  return undefined
}

/** Bytes keep their order also when the delay becomes shorter. */
function carry(from: Socket, to: Socket, line: Line, swallows: () => boolean): void {
  let last = 0
  const later = (act: () => void) => {
    const now = Date.now()
    last = Math.max(now + line.delayMs(), last)
    if (last <= now) act()
    else setTimeout(act, last - now)
  }
  from.on('data', (bytes) => {
    if (!line.mute && !swallows()) later(() => to.writable && to.write(bytes))
  })
  from.on('end', () => {
    if (!line.mute) later(() => to.end())
    // nobody is told; after a while keep-alives of the other side would notice
    else setTimeout(() => to.destroy(), keepAliveMs).unref()
  })
}

function join(line: Line, ended: () => void): void {
  const { near, far } = line
  const end = () => {
    near.destroy()
    far.destroy()
    ended()
  }
  for (const socket of [near, far]) socket.setNoDelay(true).on('error', end).on('close', end)
  if (near.destroyed) return end()
  carry(near, far, line, () => false)
  carry(far, near, line, () => line.deaf)
  near.resume()
}

/** A door to the server of a URL, or to one of its replicas, whatever they speak on TCP: it can be slow, cut, silent or shut. */
export async function openTcpProxy(target: string, ...replicas: string[]) {
  const lines = new Set<Line>()
  let delayMs = 0
  let silent = false
  let turn = 0

  const accept = async (near: Socket) => {
    near.on('error', () => near.destroy()).pause()
    const far = await connectAny([target, ...replicas], turn++)
    if (!far) return void near.destroy()
    const line: Line = { near, far, mute: silent, deaf: false, delayMs: () => delayMs }
    lines.add(line)
    join(line, () => lines.delete(line))
  }

  const serve = async (at: number): Promise<Server> => {
    const server = createServer({ allowHalfOpen: true }, (near) => void accept(near)).listen(at, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  let server = await serve(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy got no port')
  const { port } = address

  const cut = () => {
    for (const { near, far } of lines) {
      near.destroy()
      far.destroy()
    }
  }
  const shut = async () => {
    server.close()
    cut()
  }
  return {
    /** The target's URL, by way of this door. */
    url: Object.assign(new URL(target), { hostname: '127.0.0.1', port: String(port) }).toString(),
    /** Ends every connection without a word. */
    cut,
    delay: (ms: number) => {
      delayMs = ms
    },
    /** Swallows all bytes from now on. What was silenced stays so until one side gives it up, as no lost byte comes again. */
    beSilent: () => {
      silent = true
      for (const line of lines) line.mute = true
    },
    /** Lets what is asked through, and swallows the answers on the connections that there are. */
    swallowAnswers: () => {
      for (const line of lines) line.deaf = true
    },
    /** New connections are good again. */
    heal: () => {
      delayMs = 0
      silent = false
    },
    /** How many connections lead through. */
    count: () => lines.size,
    /** Refuses connections. */
    shut,
    reopen: async () => {
      server = await serve(port)
    },
    close: shut,
  }
}
