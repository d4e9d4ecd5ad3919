import { fromUuid, newId, newUuid, toUuid } from './ids.ts'

describe('ids', () => {
  it('are written as the TypeID specification has it, and read back', () => {
    // github.com/jetify-com/typeid, spec/valid.yml
    expect(fromUuid('run', '00000000-0000-0000-0000-000000000000')).toBe('run_00000000000000000000000000')
    expect(fromUuid('run', 'ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe('run_7zzzzzzzzzzzzzzzzzzzzzzzzz')
    expect(fromUuid('run', '0110c853-1d09-52d8-d73e-1194e95b5f19')).toBe('run_0123456789abcdefghjkmnpqrs')
    expect(toUuid('run', 'run_0123456789abcdefghjkmnpqrs')).toBe('0110c853-1d09-52d8-d73e-1194e95b5f19')
    for (let i = 0; i < 1000; i++) {
      const uuid = newUuid()
      expect(toUuid('task', fromUuid('task', uuid))).toBe(uuid)
    }
  })

  it('of one process grow, and are UUIDs of version 7', () => {
    const made = Array.from({ length: 10_000 }, newUuid)
    expect([...made].sort()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
    expect(made.every((uuid) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid))).toBe(true)
  })

  it.each([
    'usr_0123456789abcdefghjkmnpqrs',
    'run_8zzzzzzzzzzzzzzzzzzzzzzzzz',
    'run_0123',
    'run_0123456789ABCDEFGHJKMNPQRS',
    'run_0123456789abcdefghjkmnpqri',
    '',
  ])('%j is none of a run', (text) => {
    expect(toUuid('run', text)).toBeUndefined()
  })

  it('of different kinds do not pass for each other', () => expect(toUuid('task', newId('run'))).toBeUndefined())
})
