import { CoreError } from '../common/errors.js';

/** The session has ended, or the credentials prove none. Answered 200 with the status UNAUTHORISED, as SDKs expect. */
export class Unauthorised extends Error {
  override readonly name = 'Unauthorised';
}

/** The access token is not valid, or no longer; a refresh may help. */
export class TryRefreshToken extends Error {
  override readonly name: string = 'TryRefreshToken';
}

/** It is not even a JWT of the form that access tokens have. */
export class MalformedAccessToken extends TryRefreshToken {
  override readonly name = 'MalformedAccessToken';
}

/** The app's keys have not signed it. */
export class ForgedAccessToken extends TryRefreshToken {
  override readonly name = 'ForgedAccessToken';
  constructor(
    message: string,
    /** The session that the token names, if that could be read. */
    readonly claimed: { readonly tenant: string; readonly sessionHandle: string } | undefined,
  ) {
    super(message);
  }
}

/** A refresh token was used after its replacement was: someone else may hold the same session. */
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
