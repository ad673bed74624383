/** A refusal with an HTTP status, answered as one line of text. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** 400: what was sent cannot be meant. */
export class BadRequest extends Refusal {
  override readonly name = 'BadRequest';
  constructor(message: string) {
    super(400, message);
  }
}

/** 403: right in itself, but not from here. */
export class BadPermission extends Refusal {
  override readonly name = 'BadPermission';
  constructor(message: string) {
    super(403, message);
  }
}

/** 401: the api key is missing or none of ours. */
export class InvalidApiKey extends Refusal {
  override readonly name = 'InvalidApiKey';
  constructor() {
    super(401, 'Invalid API key');
  }
}

/** 400: the app or the tenant that a path, a handle or a token names is not there. */
export class TenantOrAppNotFound extends Refusal {
  override readonly name = 'TenantOrAppNotFound';
  constructor(
    readonly app: string,
    readonly tenant: string,
  ) {
    super(
      400,
      `AppId or tenantId not found => Tenant with the following connectionURIDomain, appId and tenantId combination not found: (, ${app}, ${tenant})`,
    );
  }
}

/** 400: the app is not there, where none of its tenants is meant. */
export class AppNotFound extends Refusal {
  override readonly name = 'AppNotFound';
  constructor(readonly app: string) {
    super(
      400,
      `AppId or tenantId not found => App with the following connectionURIDomain and appId combination not found: (, ${app})`,
    );
  }
}
