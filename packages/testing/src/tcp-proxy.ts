import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export type TcpProxy = Awaited<ReturnType<typeof openTcpProxy>>

type Line = { near: Socket; far: Socket; mute: boolean; deaf: boolean }

/** A door to the server of a URL, whatever it speaks on TCP: it can be slow, cut, silent or shut. */
export async function openTcpProxy(target: string) {
  const { hostname, port: targetPort } = new URL(target)
  const lines = new Set<Line>()
  let delayMs = 0
  let silent = false

  const accept = (near: Socket) => {
    const line: Line = { near, far: connect(Number(targetPort), hostname), mute: silent, deaf: false }
    lines.add(line)
    const end = () => {
      near.destroy()
      line.far.destroy()
      lines.delete(line)
    }
    for (const socket of [near, line.far]) socket.setNoDelay(true).on('error', end).on('close', end)
    carry(near, line.far, line)
    carry(line.far, near, line, () => line.deaf)
  }

  /** Bytes keep their order also when the delay becomes shorter. */
  const carry = (from: Socket, to: Socket, line: Line, swallows = () => false) => {
    let last = 0
    const later = (act: () => void) => {
      const now = Date.now()
      last = Math.max(now + delayMs, last)
      if (last <= now) act()
      else setTimeout(act, last - now)
    }
    from.on('data', (bytes) => {
      if (!line.mute && !swallows()) later(() => to.writable && to.write(bytes))
    })
    from.on('end', () => {
      if (!line.mute) later(() => to.end())
    })
  }

  const serve = async (at: number): Promise<Server> => {
    const server = createServer({ allowHalfOpen: true }, accept).listen(at, '127.0.0.1')
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
