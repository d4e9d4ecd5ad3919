/** What was written and not saved outlives a closed tab. Keyed by workflow, and by the version it began from. */
type Draft = { text: string; from: number }

const nameOf = (id: string) => `orrery.draft.${id}`

export function readDraft(id: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(nameOf(id)) ?? 'null') as Draft | null
    return typeof draft?.text === 'string' ? draft : null
  } catch {
    return null
  }
}

export function keepDraft(id: string, draft: Draft | null): void {
  try {
    if (draft) localStorage.setItem(nameOf(id), JSON.stringify(draft))
    else localStorage.removeItem(nameOf(id))
  } catch {
    // Storage may be full or refused; the text then lives as long as the page.
  }
}
