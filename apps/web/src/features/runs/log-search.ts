import type { LogLine } from '@orrery/shared-types'
import { useMemo, useState } from 'react'

export type LogSearch = {
  words: string
  setWords: (words: string) => void
  /** Places of the lines that hold the words. */
  matches: readonly number[]
  /** Which of the matches is looked at; -1 without one. */
  at: number
  move: (by: number) => void
}

/** Looks for words in lines, and goes from one that holds them to the next, round and round. */
export function useLogSearch(lines: readonly LogLine[]): LogSearch {
  const [words, setWords] = useState('')
  const [chosen, setChosen] = useState(0)
  const matches = useMemo(() => findLines(lines, words), [lines, words])
  const at = matches.length === 0 ? -1 : Math.min(chosen, matches.length - 1)
  return {
    words,
    setWords: (next) => {
      setWords(next)
      setChosen(0)
    },
    matches,
    at,
    move: (by) => setChosen(matches.length === 0 ? 0 : (at + by + matches.length) % matches.length),
  }
}

export function findLines(lines: readonly LogLine[], words: string): number[] {
  const wanted = words.trim().toLowerCase()
  if (wanted === '') return []
  return lines.flatMap((line, place) => (line.text.toLowerCase().includes(wanted) ? [place] : []))
}

export type Piece = { text: string; isMatch: boolean }

/** A text cut where the words stand in it. */
export function cutAt(text: string, words: string): Piece[] {
  const wanted = words.trim().toLowerCase()
  const lower = text.toLowerCase()
  // letters that change their length in lower case would be cut at the wrong place
  if (wanted === '' || lower.length !== text.length) return [{ text, isMatch: false }]
  const pieces: Piece[] = []
  let from = 0
  for (let found = lower.indexOf(wanted); found !== -1; found = lower.indexOf(wanted, from)) {
    if (found > from) pieces.push({ text: text.slice(from, found), isMatch: false })
    from = found + wanted.length
    pieces.push({ text: text.slice(found, from), isMatch: true })
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isMatch: false })
  return pieces
}
