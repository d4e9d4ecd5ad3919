import { useEffect, useRef } from 'react'

/** `k`, `mod+k` (⌘ or Ctrl), `Escape`, or a sequence such as `g r`. */
export type Keys = Record<string, (event: KeyboardEvent) => void>

const editable = 'input, textarea, select, [contenteditable="true"], [role="textbox"]'

/** True where a letter belongs to what is being written, also inside a shadow root. */
const isWriting = (event: KeyboardEvent) => {
  const target = event.composedPath()[0]
  return target instanceof Element && target.closest(editable) !== null
}

const isMod = (event: KeyboardEvent) => event.metaKey || event.ctrlKey

const nameOf = (event: KeyboardEvent) => `${isMod(event) ? 'mod+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`

export function useHotkeys(keys: Keys, { enabled = true }: { enabled?: boolean } = {}): void {
  const current = useRef(keys)
  useEffect(() => {
    current.current = keys
  })
  useEffect(() => {
    if (!enabled) return
    let prefix = ''
    let prefixAt = 0
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return
      const name = nameOf(event)
      if (isWriting(event) && !name.startsWith('mod+')) return
      const sequence = prefix && Date.now() - prefixAt < 1000 ? `${prefix} ${name}` : name
      prefix = name
      prefixAt = Date.now()
      const run = current.current[sequence] ?? current.current[name]
      if (!run) return
      event.preventDefault()
      prefix = ''
      run(event)
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [enabled])
}

/** J and K move through the rows of a list; Enter follows the link that has the focus. */
export function moveInList(list: HTMLElement | null, by: 1 | -1): void {
  const rows = [...(list?.querySelectorAll<HTMLElement>('[data-row-link]') ?? [])]
  const at = rows.findIndex((row) => row === document.activeElement)
  const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}
