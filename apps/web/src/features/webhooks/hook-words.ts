import type { HookScheme } from '@orrery/shared-types'

export const schemeWords: Record<HookScheme, string> = {
  standard: 'Standard Webhooks',
  github: 'GitHub',
  token: 'The secret in a header',
}

/** What to do with the secret, at the side that calls. */
export const schemeHelp: Record<HookScheme, string> = {
  standard: 'The caller signs the body with it and sends webhook-id, webhook-timestamp and webhook-signature.',
  github: 'Enter it as the secret of the webhook at GitHub, with the content type application/json.',
  token: 'The caller sends it in X-Hook-Token. Anybody who sees a call can repeat it: choose a signature where you can.',
}

const reasons: Record<string, string> = {
  signature_missing: 'without a signature',
  signature_invalid: 'with a signature that does not fit',
  timestamp_out_of_range: 'too old, or ahead of time',
  message_seen: 'came before with another body',
  hook_disabled: 'while the hook was off',
  workflow_unavailable: 'the workflow is archived or not published',
  body_invalid: 'the body can’t be read',
  mapping_failed: 'the mapping finds nothing',
  input_invalid: 'the input does not fit the workflow',
}
export const reasonWord = (reason: string | null): string => (reason === null ? '' : (reasons[reason] ?? reason))

/** A mapping as it was typed, or what is wrong with it. */
export function readMapping(text: string): { mapping: Record<string, unknown>; error?: never } | { error: string } {
  try {
    const value = JSON.parse(text.trim() === '' ? '{}' : text) as unknown
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { mapping: value as Record<string, unknown> }
    return { error: 'Write an object: { "input": "${{ body.x }}" }' }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
