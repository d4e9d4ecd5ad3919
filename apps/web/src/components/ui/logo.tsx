export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32" className="shrink-0 text-accent">
      <g fill="none" stroke="currentColor" strokeWidth="2.2">
        <circle cx="16" cy="16" r="13" opacity="0.4" />
        <circle cx="16" cy="16" r="7" opacity="0.7" />
      </g>
      <circle cx="16" cy="16" r="2.8" fill="currentColor" />
      <circle cx="25.2" cy="6.8" r="3.8" fill="currentColor" />
    </svg>
  )
}
