import { autocompletion, type CompletionSource, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Text } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import type { DefinitionError } from '@orrery/shared-types'
import { useEffect, useEffectEvent, useImperativeHandle, useRef } from 'react'
import { codeTheme } from './code-theme.ts'
import { complete } from './completions.ts'

export type EditorHandle = { selectLines: (from: number, to: number) => void; goTo: (line: number, column: number) => void }
type CodeEditorProps = {
  initial: string
  errors: readonly DefinitionError[]
  /** Queues of the project's own that a step may use. */
  queues: readonly string[]
  onChange: (text: string) => void
  onSave: () => void
  handle: React.Ref<EditorHandle>
}

/**
 * The editor lives in a shadow root: there CodeMirror puts its styles into a constructed style sheet, which a content
 * security policy of `style-src 'self'` allows, where a <style> element in the document would be refused.
 */
export function CodeEditor({ initial, errors, queues, onChange, onSave, handle }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const changed = useEffectEvent(onChange)
  const save = useEffectEvent(onSave)
  const marked = useRef<Text | null>(null)
  const mark = useEffectEvent(() => {
    const editor = view.current
    if (!editor) return
    const { state } = editor
    marked.current = state.doc
    editor.dispatch(
      setDiagnostics(
        state,
        errors.map((error) => toDiagnostic(state.doc, error)),
      ),
    )
  })
  const start = useEffectEvent(() => initial)
  const seen = useEffectEvent(() => queues)
  useEffect(() => {
    if (!host.current) return
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    const state = EditorState.create({
      doc: start(),
      extensions: extensions(
        (doc) => {
          changed(doc.toString())
          // marks go with the text that they are on: what is written back to the letter gets them back, since nobody checks it anew
          if (marked.current?.eq(doc)) mark()
        },
        () => save(),
        (context) => complete(context, seen()),
      ),
    })
    const editor = new EditorView({ state, parent: root, root })
    view.current = editor
    return () => editor.destroy()
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: to be marked anew is what other errors are for
  useEffect(() => mark(), [errors])
  useImperativeHandle(handle, () => ({
    selectLines: (from, to) => select(view.current, from, to),
    goTo: (line, column) => goTo(view.current, line, column),
  }))
  return <div ref={host} data-code-editor className="min-h-0 min-w-0 flex-1 overflow-hidden [contain:strict]" />
}

function extensions(onChange: (doc: Text) => void, onSave: () => void, source: CompletionSource) {
  const save = () => {
    onSave()
    return true
  }
  return [
    lineNumbers(),
    lintGutter(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    indentUnit.of('  '),
    yaml(),
    autocompletion({ override: [source], icons: false }),
    keymap.of([
      { key: 'Mod-s', run: save },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': 'Definition. Tab indents; press Escape, then Tab to leave.' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc)
    }),
    EditorView.domEventHandlers({ beforeinput: replaceSelected }),
    codeTheme,
  ]
}

/**
 * Typing over a selection is done here: left to itself, Chromium keeps the look of the replaced text in a style
 * attribute, which the content security policy refuses.
 */
function replaceSelected(event: InputEvent, view: EditorView): boolean {
  const { data, inputType } = event
  const { main, ranges } = view.state.selection
  if (inputType !== 'insertText' || data === null || main.empty || ranges.length > 1 || view.composing) return false
  event.preventDefault()
  const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true })
  const handlers = view.state.facet(EditorView.inputHandler)
  if (!handlers.some((handle) => handle(view, main.from, main.to, data, insert))) view.dispatch(insert())
  return true
}

const lineAt = (doc: Text, line: number) => doc.line(Math.min(Math.max(1, line), doc.lines))

function toDiagnostic(doc: Text, error: DefinitionError): Diagnostic {
  const line = lineAt(doc, error.line ?? 1)
  const from = Math.min(line.to, line.from + Math.max(0, (error.column ?? 1) - 1))
  const last = lineAt(doc, error.endLine ?? error.line ?? 1)
  const end = error.endColumn ? Math.min(last.to, last.from + error.endColumn - 1) : line.to
  return { from, to: Math.max(from, end), severity: 'error', message: error.message }
}

function select(editor: EditorView | null, from: number, to: number): void {
  if (!editor) return
  const { doc } = editor.state
  const selection = { anchor: lineAt(doc, from).from, head: lineAt(doc, to).to }
  editor.dispatch({ selection, effects: EditorView.scrollIntoView(selection.anchor, { y: 'start', yMargin: 40 }) })
  editor.focus()
}

function goTo(editor: EditorView | null, line: number, column: number): void {
  if (!editor) return
  const target = lineAt(editor.state.doc, line)
  const at = Math.min(target.to, target.from + Math.max(0, column - 1))
  editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
  editor.focus()
}
