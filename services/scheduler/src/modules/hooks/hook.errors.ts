import { AppError, type ErrorKind } from '@orrery/core'
import type { FieldError } from '@orrery/shared-types'

type Reason =
  | 'signature_missing'
  | 'signature_invalid'
  | 'timestamp_out_of_range'
  | 'message_seen'
  | 'hook_disabled'
  | 'workflow_unavailable'
  | 'body_invalid'
  | 'mapping_failed'
  | 'input_invalid'
const kindOf: Record<Reason, ErrorKind> = {
  signature_missing: 'unauthenticated',
  signature_invalid: 'unauthenticated',
  timestamp_out_of_range: 'unauthenticated',
  message_seen: 'conflict',
  hook_disabled: 'conflict',
  workflow_unavailable: 'conflict',
  body_invalid: 'invalid',
  mapping_failed: 'invalid',
  input_invalid: 'invalid',
}

/** What a call is refused with; it is on record for whoever keeps the hook. */
export class Refusal extends AppError {
  declare readonly code: Reason
  constructor(reason: Reason, detail: string, errors?: FieldError[]) {
    super(kindOf[reason], reason, detail, errors && { errors })
  }
}
