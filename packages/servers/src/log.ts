/** Takes one line for whoever watches the start: what is installed, what died and comes again, what is set unwisely. */
export type ServerLog = (line: string) => void
