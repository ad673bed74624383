/** Whose fault a failure is, and of which kind; `http/` decides which status says so. */
export type ErrorKind = 'badRequest' | 'forbidden' | 'unauthorised';

/** A request that the Core does not serve: the client is told why. */
export class CoreError extends Error {
  override readonly name: string = 'CoreError';
  constructor(
    readonly kind: ErrorKind,
    message: string,
  ) {
    super(message);
  }
}

/** What was sent cannot be meant. */
export class BadRequest extends CoreError {
  override readonly name = 'BadRequest';
  constructor(message: string) {
    super('badRequest', message);
  }
}

/** Right in itself, but not from here. */
export class BadPermission extends CoreError {
  override readonly name = 'BadPermission';
  constructor(message: string) {
    super('forbidden', message);
  }
}

/** The api key is missing, or is none of the app's. */
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

/** The app does not exist, where none of its tenants is meant. */
export class AppNotFound extends CoreError {
  override readonly name = 'AppNotFound';
  constructor(readonly app: string) {
    super(
      'badRequest',
      `AppId or tenantId not found => App with the following connectionURIDomain and appId combination not found: (, ${app})`,
    );
  }
}
