import { Download } from 'lucide-react'
import { useState } from 'react'
import { api, type Query } from '../../lib/api.ts'
import { Button } from './button.tsx'
import { announceFailure } from './notices.ts'

type DownloadButtonProps = { path: string; query?: Query; fileName: string; label: string; title?: string }

/** Fetches a file with the token of the session and hands it to the browser to save. */
export function DownloadButton({ path, query = {}, fileName, label, title }: DownloadButtonProps) {
  const [busy, setBusy] = useState(false)
  const load = async () => {
    setBusy(true)
    try {
      save(await api.file(path, { query }), fileName)
    } catch (error) {
      announceFailure(`${fileName} could not be downloaded`, error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="sm" look="quiet" busy={busy} onClick={() => void load()} aria-label={title} title={title}>
      <Download size={13} aria-hidden />
      {label}
    </Button>
  )
}

/** Only ever saved, never shown: what a program made is not to run as a page of this origin. */
function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // the browser reads it after the click
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
