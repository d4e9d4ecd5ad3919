import { type Ctx, inTx } from '@orrery/core'
import * as sessions from './session.repository.ts'

/** Drops what is past its use. Changes nothing that anyone can see. */
export const forgetEndedSessions = (ctx: Ctx): Promise<void> => inTx(ctx, (ctx) => sessions.removeEnded(ctx))
