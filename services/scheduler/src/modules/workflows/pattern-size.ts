/** No engine of linear time unrolls more than this. */
const most = 1_000_000

/** About how many places a regular expression has once its counted repetitions are written out: what it costs for each character of a text. */
export function patternSize(pattern: string): number {
  // sizes of the groups that are open, the last part of each apart: it is what a repetition repeats
  const open: { before: number; last: number }[] = [{ before: 0, last: 0 }]
  const put = (size: number) => {
    const group = open.at(-1)
    if (!group) return
    group.before += group.last
    group.last = size
  }
  for (const [token] of pattern.matchAll(/\\.|\[(?:\\.|[^\]\\])+\]|\{\d+(?:,\d*)?\}|[\s\S]/g)) {
    const group = open.at(-1)
    if (token === '(') open.push({ before: 0, last: 0 })
    else if (token === ')' && open.length > 1) {
      open.pop()
      put((group?.before ?? 0) + (group?.last ?? 0) + 1)
    } else if (/^\{\d/.test(token) && group) group.last = Math.min(group.last * Math.max(1, ...numbersIn(token)), most)
    else put(1)
  }
  return Math.min(
    open.reduce((sum, { before, last }) => sum + before + last, 1),
    most,
  )
}

const numbersIn = (token: string) => (token.match(/\d+/g) ?? []).map(Number)
