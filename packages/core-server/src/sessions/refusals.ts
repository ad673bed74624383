import { CoreError } from '../common/errors.js';

/** The session is over, or what was sent proves none. Answered 200 with the status UNAUTHORISED, as the SDKs expect. */
export class Unauthorised extends Error {
  override readonly name = 'Unauthorised';
}

/** The access token does not serve (any more); a refresh may help. */
export class TryRefreshToken extends Error {
  override readonly name: string = 'TryRefreshToken';
}

/** It is not even a JWT of the form that access tokens have. */
export class MalformedAccessToken extends TryRefreshToken {
  override readonly name = 'MalformedAccessToken';
}

/** It is none that the app has signed. */
export class ForgedAccessToken extends TryRefreshToken {
  override readonly name = 'ForgedAccessToken';
  constructor(
    message: string,
    /** The session that it claims to be of, where it has been read so far. */
    readonly claimed: { readonly tenant: string; readonly sessionHandle: string } | undefined,
  ) {
    super(message);
  }
}

/** A refresh token was used that a later one has replaced: the owner and a thief hold the same session. */
export class TokenTheftDetected extends Error {
  override readonly name = 'TokenTheftDetected';
  constructor(
    readonly sessionHandle: string,
    readonly userId: string,
    readonly recipeUserId: string,
  ) {
    super('Token theft detected');
  }
}

/** The application's payload holds a claim that the Core keeps for itself. */
export class AccessTokenPayloadError extends CoreError {
  override readonly name = 'AccessTokenPayloadError';
  constructor() {
    super('badRequest', 'The user payload contains protected field');
  }
}
