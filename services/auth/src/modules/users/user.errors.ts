import { AppError } from '@orrery/core'

export const emailTaken = () => new AppError('conflict', 'email_taken', 'This e-mail address already has an account; log in')
export const usernameTaken = () => new AppError('conflict', 'username_taken', 'This username is taken; choose another')
export const lastAdmin = () => new AppError('conflict', 'last_admin', 'This is the last active administrator; make somebody else one first')
export const registrationClosed = () =>
  new AppError('forbidden', 'registration_closed', 'Registration is closed; ask an administrator of this installation')
export const invitationInvalid = () =>
  new AppError(
    'forbidden',
    'invitation_invalid',
    'Registration is by invitation, and this invitation is missing, expired or for another address',
  )
