/** The kind of a failure; `http/` maps it to a status. */
export type ErrorKind = 'badRequest' | 'forbidden' | 'unauthorised';

/** The Core refuses a request; the client receives the message. */
export class CoreError extends Error {
  override readonly name: string = 'CoreError';
  constructor(
    readonly kind: ErrorKind,
    message: string,
  ) {
    super(message);
  }
}

/** The request is malformed. */
export class BadRequest extends CoreError {
  override readonly name = 'BadRequest';
  constructor(message: string) {
    super('badRequest', message);
  }
}

/** The request is valid, but not allowed for this app or tenant. */
export class BadPermission extends CoreError {
  override readonly name = 'BadPermission';
  constructor(message: string) {
    super('forbidden', message);
  }
}

/** The api key is missing or is not one of the app's. */
export class InvalidApiKey extends CoreError {
  override readonly name = 'InvalidApiKey';
  constructor() {
    super('unauthorised', 'Invalid API key');
  }
}

/** The app or the tenant that a path, a handle or a token names does not exist. */
export class TenantOrAppNotFound extends CoreError {
  override readonly name = 'TenantOrAppNotFound';
  constructor(
    readonly app: string,
    readonly tenant: string,
  ) {
    super(
      'badRequest',
      `AppId or tenantId not found => Tenant with the following connectionURIDomain, appId and tenantId combination not found: (, ${app}, ${tenant})`,
    );
  }
}

/** The app that a request for a whole app names does not exist. */
export class AppNotFound extends CoreError {
  override readonly name = 'AppNotFound';
  constructor(readonly app: string) {
    super(
      'badRequest',
      `AppId or tenantId not found => App with the following connectionURIDomain and appId combination not found: (, ${app})`,
    );
  }
}
