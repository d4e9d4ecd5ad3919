import { yaml } from '@codemirror/lang-yaml'
import { MergeView, unifiedMergeView } from '@codemirror/merge'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { codeTheme } from '../editor/code-theme.ts'

export type DiffLook = 'split' | 'unified'
type TextDiffProps = { from: { text: string; name: string }; to: { text: string; name: string }; look: DiffLook }

const collapseUnchanged = { margin: 3, minSize: 6 }

const underline = (color: string) => `linear-gradient(var(${color}), var(${color})) bottom/100% 2px no-repeat`

// said by the line's edge as well as its tint: dashed where something went, solid where something came
const diffTheme = EditorView.theme({
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': {
    backgroundColor: 'var(--failed-tint)',
    boxShadow: 'none',
    borderLeft: '3px dashed var(--failed-line)',
  },
  '&.cm-merge-b .cm-changedLine, .cm-inlineChangedLine': { backgroundColor: 'var(--done-tint)', borderLeft: '3px solid var(--done-line)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: underline('--failed-line') },
  '&.cm-merge-b .cm-changedText': { background: underline('--done-line') },
  '.cm-collapsedLines': { color: 'var(--ink-3)', background: 'var(--raised)', padding: '3px 10px' },
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"' },
})

const reading = (name: string): Extension => [
  lineNumbers(),
  yaml(),
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': name }),
  codeTheme,
  diffTheme,
]

/** Two texts with what differs marked; in a shadow root for the reason that the editor is in one. */
export function TextDiff({ from, to, look }: TextDiffProps) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!host.current) return
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    const a = { doc: from.text, extensions: reading(from.name) }
    const b = { doc: to.text, extensions: reading(to.name) }
    if (look === 'split') {
      const view = new MergeView({ a, b, parent: root, root, collapseUnchanged, gutter: false })
      return () => view.destroy()
    }
    const merge = unifiedMergeView({ original: from.text, mergeControls: false, collapseUnchanged, gutter: false })
    const view = new EditorView({ doc: to.text, extensions: [b.extensions, merge], parent: root, root })
    return () => view.destroy()
  }, [from.text, from.name, to.text, to.name, look])
  return <div ref={host} data-text-diff className="min-w-0 overflow-x-auto" />
}
