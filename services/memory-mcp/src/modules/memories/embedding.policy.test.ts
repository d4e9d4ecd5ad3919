import { dimensions, embed, similarity } from './embedding.policy.ts'

const near = (a: string, b: string) => similarity(embed(a), embed(b))

describe('the built-in embedder', () => {
  it.each(['the roof leaks', '', '!?', '雨漏り', 'a'.repeat(20_000)])('gives %j one vector of length one, always the same', (text) => {
    const vector = embed(text)
    expect(vector).toHaveLength(dimensions)
    expect(Math.hypot(...vector)).toBeCloseTo(1)
    expect(embed(text)).toEqual(vector)
  })

  it('a text is itself, whatever its case and punctuation', () => {
    expect(near('The roof leaks.', 'the ROOF leaks')).toBeCloseTo(1)
  })

  it('what shares words is nearer than what shares parts of words, and that nearer than what shares nothing', () => {
    const query = 'roof leaks in the rain'
    const [same, alike, other] = ['the roof leaks', 'roofing leaked when raining', 'invoice numbers need a checksum'].map((text) =>
      near(query, text),
    )
    expect(same).toBeGreaterThan(alike ?? 1)
    expect(alike).toBeGreaterThan((other ?? 1) + 0.05)
    expect(Math.abs(other ?? 1)).toBeLessThan(0.2)
  })

  it('finds the right one of two hundred sentences from half of its words', () => {
    const subjects = ['parser', 'scheduler', 'invoice', 'login page', 'backup', 'mail queue', 'chart', 'import', 'cache', 'search box']
    const verbs = ['crashes', 'is slow', 'loses data', 'needs tests', 'was refactored']
    const places = ['on startup', 'under load', 'with empty input', 'after midnight']
    const texts = subjects.flatMap((s) => verbs.flatMap((v) => places.map((p) => `The ${s} ${v} ${p}`)))
    const vectors = texts.map(embed)
    const right = texts.filter((text) => {
      const query = embed(text.replace('The ', '').split(' ').toReversed().join(' '))
      const scores = vectors.map((vector) => similarity(query, vector))
      return texts[scores.indexOf(Math.max(...scores))] === text
    })
    expect(right.length / texts.length).toBeGreaterThan(0.95)
  })
})
