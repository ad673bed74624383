import type { EvalContext } from '../../../language/context.js';
import type { FieldFailure } from '../../../language/failure.js';
import type { ObjectValue, Ref } from '../../../language/values.js';
import { Invalid, invalidType, map, optional, ref, required, string } from '../../documents/fields.js';
import { DocumentKind, type Writing } from '../../documents/kind.js';
import { NotUnique } from '../../documents/not-unique.js';
import { omit, sameValue, withField } from '../../documents/patch.js';
import type { StoredVersion } from '../../documents/stored.js';
import { SERVER, SERVER_READONLY } from '../builtin-permissions.js';
import { credentialsOf, setCredentialsLookup } from '../credentials-lookup.js';
import { hashPassword, passwordMatches } from '../passwords.js';

const CURRENT_PASSWORD_WRONG: FieldFailure = {
  field: ['current_password'],
  code: 'invalid password',
  description: 'Invalid password at `current_password`.',
};

/** Credentials are the password of a document, their `instance`, of which a hash is kept. */
class CredentialsKind extends DocumentKind {
  override readonly fields = [optional('data', map), required('instance', ref), optional('hashed_password', string)];

  override apply(context: EvalContext, previous: ObjectValue, diff: ObjectValue): ObjectValue {
    return super.apply(context, previous, withHash(context, previous, diff));
  }

  override write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    const { context, ref: credentials, data, previous } = writing;
    const instance = data.fields.get('instance') as Ref;
    const before = previous.fields.get('instance') as Ref | undefined;
    const holder = credentialsOf(context.model, instance);
    if (holder && holder.id !== credentials.id) throw new NotUnique(credentials);
    if (before && !sameValue(before, instance)) setCredentialsLookup(context.model, before, undefined);
    setCredentialsLookup(context.model, instance, credentials);
    store(data);
    return data;
  }

  override remove(context: EvalContext, _ref: Ref, { data }: StoredVersion, remove: () => void): void {
    setCredentialsLookup(context.model, data.fields.get('instance') as Ref, undefined);
    remove();
  }
}

export const credentialsKind = new CredentialsKind();

/**
 * Puts a password's hash into its place. Servers may set any password, or a hash; all others must know the password that
 * was, if there was one.
 */
function withHash(context: EvalContext, previous: ObjectValue, diff: ObjectValue): ObjectValue {
  const password = textOf(diff, 'password');
  const { permissions } = context.auth;
  if (permissions === SERVER || permissions === SERVER_READONLY) {
    return password === undefined ? diff : withField(diff, 'hashed_password', hashPassword(context, password));
  }
  const current = textOf(diff, 'current_password');
  if (password === undefined) return omit(diff, ['hashed_password']);
  const hashed = previous.fields.get('hashed_password');
  if (typeof hashed === 'string' && (current === undefined || !passwordMatches(context, current, hashed))) {
    throw new Invalid([CURRENT_PASSWORD_WRONG]);
  }
  return withField(diff, 'hashed_password', hashPassword(context, password));
}

/** @throws {Invalid} where a field is there, but no text */
function textOf({ fields }: ObjectValue, field: string): string | undefined {
  const value = fields.get(field);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new Invalid([invalidType([field], 'String', value)]);
  return value;
}
