/** What this package asks of a logger; pino has it. */
export interface ServerLog {
  info(message: string): void
  warn(message: string): void
}
