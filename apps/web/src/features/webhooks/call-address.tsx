import { CopyButton } from '../../components/ui/copy-button.tsx'

/** Where others send their calls, as the browser reaches it. */
export function CallAddress({ path }: { path: string }) {
  const url = `${window.location.origin}${path}`
  return (
    <section aria-label="Address" className="flex flex-col gap-1">
      <h3 className="text-sm font-medium">Where to call</h3>
      <p className="flex items-center gap-1 rounded-md border border-line bg-canvas py-1 pr-1 pl-2.5">
        <code className="min-w-0 flex-1 font-mono text-xs break-all">POST {url}</code>
        <CopyButton text={url} label="Copy address" />
      </p>
    </section>
  )
}
