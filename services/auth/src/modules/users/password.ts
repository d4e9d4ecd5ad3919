import { hash, verify } from 'argon2'

// OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB, two passes, one lane.
const options = { type: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFC'), options)

let nobody: Promise<string> | undefined

/** Costs the same whether there is a hash to compare with or not, so that time does not tell who has an account. */
export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  nobody ??= hashPassword('nobody has this password')
  const matches = await verify(passwordHash ?? (await nobody), password.normalize('NFC'))
  return passwordHash !== undefined && matches
}
