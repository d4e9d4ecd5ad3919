/** With FAULT_LOG set, what happens just now goes to the standard error, and so does what the processes log. */
export function tell(what: string): void {
  if (process.env['FAULT_LOG']) process.stderr.write(`${new Date().toISOString()} ${what}\n`)
}
