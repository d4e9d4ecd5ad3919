import { once } from 'node:events'
import { createServer } from 'node:net'
import { checkDestination, checkUrl, DestinationRefused, isPublic, readAllowList } from './destination.ts'

const none = readAllowList('')

describe('where something may be sent', () => {
  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.3.4',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    '::1',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '::7f00:1',
    '::808:808',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '::',
    '224.0.0.1',
    '255.255.255.255',
    'not-an-address',
  ])('not to %s', (address) => expect(isPublic(address)).toBe(false))

  it.each(['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946'])('to %s', (address) => expect(isPublic(address)).toBe(true))

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://①②⑦.⓪.⓪.①/',
    'ftp://example.test/',
    'file:///etc/passwd',
    'http://user:secret@93.184.216.34/',
  ])('not by %s, in whatever notation', (url) => expect(() => checkUrl(new URL(url), none)).toThrow(DestinationRefused))

  it('not to a name that leads inside, which is found without a connection', async () => {
    let connections = 0
    const server = createServer(() => {
      connections += 1
    }).listen(0)
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const url = new URL(`http://localhost:${port}/`)
    await expect(checkDestination(url, none)).rejects.toMatchObject({ code: 'blocked_destination' })
    await checkDestination(url, readAllowList(`localhost:${port}`))
    server.close()
    expect(connections).toBe(0)
  })
})
