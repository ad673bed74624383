import { documentOfSecret } from '../../model/auth/authenticate.js';
import { isPasswordOf } from '../../model/auth/credentials.js';
import { authenticateJwt, isJwt } from '../../model/auth/jwt.js';
import { createToken, endToken, endTokensOf } from '../../model/auth/tokens.js';
import { invalidType } from '../../model/base/fields.js';
import { getDocument } from '../../model/documents/access.js';
import { credentialsOf } from '../../model/refs/credentials-lookup.js';
import { ModelSet } from '../../model/sets/set.js';
import type { QueryContext } from '../../query/context.js';

import {
  authenticationFailed,
  invalidToken,
  keyNotFound,
  missingIdentity,
  permissionDenied,
  validationFailed,
} from '../../values/errors.js';
import { Failure } from '../../values/failure.js';
import { at, type Position } from '../../values/position.js';
import { ObjectValue, Ref, type SetValue, type Value } from '../../values/values.js';
import { boolean, identifier, nothing, object, string } from '../evaluate/casts.js';
import { type Form, form, only } from '../evaluate/form.js';
import { refuseForeignRefs } from './writes.js';

/** The document that the query acts as; for a JWT, its subject. */
function currentIdentity({ auth }: QueryContext): Value | undefined {
  return auth.source.kind === 'jwt' ? auth.source.payload.fields.get('sub') : auth.identity;
}

/** The key or token of the query, if it belongs to the query's own database; a JWT's payload. */
function currentToken({ auth: { source, scope } }: QueryContext): Value | undefined {
  switch (source.kind) {
    case 'root':
      return undefined;
    case 'key':
      return source.ref.scope === scope ? source.ref : undefined;
    case 'token':
      return source.ref;
    case 'jwt':
      return source.payload;
  }
}

/** The document, or the first one of a set, in its current state: old passwords are not valid for login. */
function whom(context: QueryContext, who: Ref | SetValue, position: Position | undefined): Ref | undefined {
  if (who instanceof Ref) return who;
  const now = context.with({ validTime: undefined });
  const readable = who instanceof ModelSet ? who.readable(now) : undefined;
  if (!readable) throw permissionDenied(position);
  for (const { ref } of readable.elements(now, {})) return ref;
  return undefined;
}

const login = form('write', { login: identifier, params: object }, ({ login, params }, context, position) => {
  refuseForeignRefs(context, params, position);
  const instance = whom(context, login, at(position, 'login'));
  const password = params.fields.get('password') ?? null;
  if (password !== null && typeof password !== 'string') {
    throw instance && credentialsOf(context.model, instance)
      ? validationFailed([invalidType(['password'], 'String', password)], position)
      : authenticationFailed(position);
  }
  if (password === null || !isPasswordOf(context, instance, password)) throw authenticationFailed(position);
  return createToken(context, instance as Ref, params, position);
});

const identify = form('read', { identify: identifier, password: string }, (args, context, position) =>
  isPasswordOf(context, whom(context, args.identify, at(position, 'identify')), args.password),
);

const logout = form('write', { logout: boolean }, ({ logout: all }, context) => {
  const { identity, source } = context.auth;
  if (all) {
    if (identity) endTokensOf(context, identity);
    return identity !== undefined;
  }
  if (source.kind !== 'token') return false;
  endToken(context, source.ref);
  return true;
});

const keyFromSecret = form('read', { key_from_secret: string }, ({ key_from_secret: secret }, context, position) => {
  const acting = (auth: QueryContext['auth']) => context.with({ auth });
  if (isJwt(secret)) {
    const auth = authenticateJwt(context.model, secret, acting);
    const database = auth && context.model.databaseOf(auth.scope);
    if (!database) throw keyNotFound(secret, position);
    if (!context.auth.permissions.mayRead(context, database)) throw permissionDenied(position);
    return new ObjectValue(new Map([['database', database]]));
  }
  const document = documentOfSecret(context.model, secret, acting);
  if (!document) throw keyNotFound(secret, position);
  try {
    return getDocument(context, document, undefined, position);
  } catch (error) {
    if (error instanceof Failure) throw keyNotFound(secret, position);
    throw error;
  }
});

const identityAs = (name: string) =>
  form('read', { [name]: nothing }, (_args, context, position) => {
    const identity = currentIdentity(context);
    if (identity === undefined) throw missingIdentity(position);
    return identity;
  });

const hasIdentityAs = (name: string) =>
  form('read', { [name]: nothing }, (_args, context) => currentIdentity(context) !== undefined);

const token = form('read', { current_token: nothing }, (_args, context, position) => {
  const found = currentToken(context);
  if (found === undefined) throw invalidToken(position);
  return found;
});

const hasToken = form('pure', { has_current_token: nothing }, (_args, context) => currentToken(context) !== undefined);

/** Identity, login and logout. */
export const identityFunctions: readonly Form[] = [
  login,
  identify,
  logout,
  keyFromSecret,
  // Before version 4 these were called `identity` and `has_identity`, names that still work.
  only({ since: '4' }, identityAs('current_identity')),
  identityAs('identity'),
  only({ since: '4' }, hasIdentityAs('has_current_identity')),
  hasIdentityAs('has_identity'),
  only({ since: '4' }, token),
  only({ since: '4' }, hasToken),
];
