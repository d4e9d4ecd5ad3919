import { deriveKey, openVault, requireStrongSecret } from './sealed.ts'

const secret = 'q8Zr4vT1xW7nB3kL9mD2sF6hJ0pG5cYe'
const vault = openVault(deriveKey(secret, 'tests'))

describe('a vault', () => {
  it('gives back what was sealed, and never shows it', async () => {
    const sealed = await vault.seal('whsec_hidden', 'row_1')
    expect(sealed).not.toContain('hidden')
    expect(await vault.unseal(sealed, 'row_1')).toBe('whsec_hidden')
  })

  it('opens nothing for another row, with a key for another purpose, or changed by a character', async () => {
    const sealed = await vault.seal('whsec_hidden', 'row_1')
    const changed = `${sealed.slice(0, -4)}${sealed.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
    await expect(vault.unseal(sealed, 'row_2')).rejects.toThrow('another row')
    await expect(openVault(deriveKey(secret, 'other')).unseal(sealed, 'row_1')).rejects.toThrow()
    await expect(vault.unseal(changed, 'row_1')).rejects.toThrow()
  })

  it('is refused a secret that looks copied', () => {
    expect(() => requireStrongSecret('change-me-change-me-change-me-0123456789')).toThrow('ORRERY_SECRET_KEY')
    expect(() => requireStrongSecret(secret)).not.toThrow()
  })
})
