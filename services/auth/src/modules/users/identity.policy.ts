/** The spelling by which two e-mail addresses are one account. */
export const emailKeyOf = (email: string): string => email.normalize('NFKC').trim().toLowerCase()

export const usernameKeyOf = (username: string): string => username.normalize('NFKC').toLowerCase()

/** What people choose and guessers try first, of those that are long enough to get here. */
const common = new Set(
  `1234567890 0123456789 12345678910 123456789012 0987654321 9876543210 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc qwertyuiop
  qwertyuiop123 qwerty12345 qwerty123456 asdfghjkl123 asdfghjkl1 zxcvbnm123 password12 password123 password1234 password12345
  password123456 password2024 password2025 password2026 passw0rd123 p@ssw0rd123 p@ssword123 iloveyou123 iloveyou12 welcome123
  welcome1234 welcome2024 welcome2025 welcome2026 admin12345 admin123456 administrator letmein123 letmein1234 football123
  baseball123 superman123 batman12345 dragon12345 monkey12345 sunshine123 princess123 michael123 abcdefghij abcdefghijk
  abc1234567 abcd123456 a1b2c3d4e5 changeme123 changeme1234 default123 trustno1234 starwars123 whatever123 computer123
  internet123 mypassword mypassword1 mypassword123 secret12345 secretpassword test123456 testtest123 correcthorse
  correcthorsebatterystaple 1111111111 0000000000 1212121212 1123581321 aaaaaaaaaa qazwsxedcrfv pokemon123 liverpool123`.split(/\s+/),
)

/** Why a password can't be taken, or undefined. Length is checked by the contract. */
export function weaknessOf(password: string, person: { email: string; username: string }): string | undefined {
  const text = password.normalize('NFKC').toLowerCase()
  if (common.has(text) || new Set(text).size < 4) return 'is one of those that are guessed first; choose another'
  const own = [person.email, person.email.split('@')[0] ?? '', person.username].map((part) => part.toLowerCase())
  if (own.some((part) => part.length >= 4 && text.replaceAll(/[\d\W_]+/g, '') === part.replaceAll(/[\d\W_]+/g, ''))) {
    return 'is your name or address with little added; choose another'
  }
  return undefined
}
