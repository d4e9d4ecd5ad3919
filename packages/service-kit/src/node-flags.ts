/**
 * How Node is started for every part of Orrery. What a transaction makes lives until its commit: with the few megabytes
 * that V8 begins with, it would be copied again and again in a burst after quiet hours.
 */
export const nodeFlags = ['--disable-warning=ExperimentalWarning', '--min-semi-space-size=16', '--max-semi-space-size=32']
