import { wordsOf } from '@orrery/core'

/** Length of every vector. Change it, or how features are weighed, and the index must be built anew. */
export const dimensions = 384

const weights = { word: 1, pair: 0.6, gram: 0.25 } as const

/**
 * A vector of the words, word pairs and letter triples of a text, by feature hashing (Weinberger et al. 2009): each
 * feature adds to one place with one sign. Needs no model, gives the same text the same vector for ever; texts that
 * share words or parts of words are near, synonyms are not.
 */
export function embed(text: string): number[] {
  const vector = new Array<number>(dimensions).fill(0)
  for (const [feature, weight] of featuresOf(text)) {
    const hash = fnv1a(feature)
    const place = hash % dimensions
    vector[place] = (vector[place] ?? 0) + (hash & 0x8000_0000 ? -weight : weight)
  }
  const length = Math.hypot(...vector)
  if (length === 0) {
    vector[fnv1a(text) % dimensions] = 1
    return vector
  }
  return vector.map((value) => value / length)
}

/** The cosine of two vectors of length one. */
export const similarity = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)

/** Features with how much they weigh. Repeating one adds less each time. */
function featuresOf(text: string): Map<string, number> {
  const counts = new Map<string, { count: number; weight: number }>()
  const add = (feature: string, weight: number) => counts.set(feature, { count: (counts.get(feature)?.count ?? 0) + 1, weight })
  const words = wordsOf(text.normalize('NFKC').toLowerCase())
  for (const [i, word] of words.entries()) {
    add(`w ${word}`, weights.word)
    if (i > 0) add(`p ${words[i - 1]} ${word}`, weights.pair)
    const padded = `^${word}$`
    for (let at = 0; at + 3 <= padded.length; at++) add(`g ${padded.slice(at, at + 3)}`, weights.gram)
  }
  return new Map([...counts].map(([feature, { count, weight }]) => [feature, weight * Math.sqrt(count)]))
}

/** FNV-1a with 32 bits and a final mix (from MurmurHash3), since FNV alone spreads its high bits badly. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
