import type { EvalContext } from '../../../language/context.js';
import type { FieldFailure } from '../../../language/failure.js';
import type { ObjectValue, Ref } from '../../../language/values.js';
import { Invalid, map, optional, ref, required, string, timestamp } from '../../documents/fields.js';
import { DocumentKind, type Writing } from '../../documents/kind.js';
import { NotUnique } from '../../documents/not-unique.js';
import { omit, sameValue, withField } from '../../documents/patch.js';
import type { StoredVersion } from '../../documents/stored.js';
import { credentialsOf, setCredentialsLookup } from '../credentials-lookup.js';
import { hashPassword, mayGiveHash, passwordMatches } from '../passwords.js';

const CURRENT_PASSWORD_WRONG: FieldFailure = {
  field: ['current_password'],
  code: 'invalid password',
  description: 'Invalid password at `current_password`.',
};

/**
 * Credentials are the password of a document, their `instance`, of which a hash is kept. Servers may set any password, or a
 * hash; all others must know the password that was, if there was one.
 */
class CredentialsKind extends DocumentKind {
  override readonly fields = [
    optional('data', map),
    optional('ttl', timestamp),
    required('instance', ref),
    optional('password', string),
    optional('current_password', string),
    optional('hashed_password', string),
  ];

  /** Puts a password's hash into its place. */
  override apply(context: EvalContext, previous: ObjectValue, diff: ObjectValue): ObjectValue {
    const data = super.apply(context, previous, diff);
    const given = omit(data, ['password', 'current_password']);
    const password = data.fields.get('password') as string | undefined;
    if (mayGiveHash(context)) {
      return password === undefined ? given : withField(given, 'hashed_password', hashPassword(context, password));
    }
    const hashed = previous.fields.get('hashed_password') as string | undefined;
    if (password === undefined) return withField(given, 'hashed_password', hashed);
    const current = data.fields.get('current_password') as string | undefined;
    if (hashed !== undefined && (current === undefined || !passwordMatches(context, current, hashed))) {
      throw new Invalid([CURRENT_PASSWORD_WRONG]);
    }
    return withField(given, 'hashed_password', hashPassword(context, password));
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
