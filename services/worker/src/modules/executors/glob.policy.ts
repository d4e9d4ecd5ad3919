/** Letters that stand for themselves, `*` and `?`, against a name. Steps back to the last `*` alone, so no pattern takes long. */
function fitsWord(pattern: string, name: string): boolean {
  // as in a shell: what is hidden has to be asked for
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  return fits([...pattern], [...name], (letter, other) => letter === '?' || letter === other, '*')
}

/** Whether a path below a folder fits a pattern: `*` and `?` within a name, `**` for any folders between. */
export function fitsGlob(pattern: string, path: string): boolean {
  const names = path.split('/')
  const words = pattern.split('/')
  // `**` at the end stands for files too
  if (words.at(-1) === '**') words.push('*')
  return fits(words, names, fitsWord, '**', (name) => !name.startsWith('.'))
}

function fits<T>(pattern: T[], text: T[], same: (p: T, t: T) => boolean, any: T, may: (t: T) => boolean = () => true): boolean {
  let p = 0
  let back = -1
  let from = 0
  for (let t = 0; t < text.length; ) {
    const word = pattern[p]
    const part = text[t] as T
    if (word === any) {
      back = p++
      from = t
    } else if (word !== undefined && same(word, part)) {
      p++
      t++
    } else if (back >= 0 && may(text[from] as T)) {
      p = back + 1
      t = ++from
    } else return false
  }
  while (pattern[p] === any) p++
  return p === pattern.length
}
