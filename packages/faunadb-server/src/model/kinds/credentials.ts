import type { FieldFailure } from '../../values/failure.js';
import { sameStored, withField } from '../../values/objects.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import { passwordFailures } from '../auth/password-fields.js';
import { hashPassword, mayGiveHash } from '../auth/passwords.js';
import type { ModelContext } from '../base/context.js';
import { anything, map, optional, ref, required, timestamp } from '../base/fields.js';
import { DocumentKind, type RequestedChange, type Writing } from '../base/kind.js';
import type { StoredVersion } from '../base/stored-version.js';
import { NotUnique } from '../documents/not-unique.js';
import { credentialsOf, setCredentialsLookup } from '../refs/credentials-lookup.js';

/**
 * Credentials hold the hash of a document's password; the document is their `instance`. Servers may set any password,
 * or a hash; all others must give the old password, if there is one.
 */
class CredentialsKind extends DocumentKind {
  override readonly fields = [
    optional('data', map),
    optional('constraints', map),
    optional('ttl', timestamp),
    required('instance', ref),
    optional('hashed_password', anything),
  ];

  override checkChange({ context, previous, diff }: RequestedChange): readonly FieldFailure[] {
    return passwordFailures(context, diff, hashIn(previous), []);
  }

  /** Replaces a password by its hash. */
  override apply(context: ModelContext, previous: ObjectValue, diff: ObjectValue): ObjectValue {
    const data = super.apply(context, previous, diff);
    const password = diff.fields.get('password');
    if (typeof password === 'string' && passwordFailures(context, diff, hashIn(previous), []).length === 0) {
      return withField(data, 'hashed_password', hashPassword(context, password));
    }
    return mayGiveHash(context) ? data : withField(data, 'hashed_password', hashIn(previous));
  }

  override write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    const { context, ref: credentials, data, previous } = writing;
    const instance = data.fields.get('instance') as Ref;
    const before = previous.fields.get('instance') as Ref | undefined;
    const holder = credentialsOf(context.model, instance);
    if (holder && holder.id !== credentials.id) throw new NotUnique([credentials]);
    if (before && !sameStored(before, instance)) setCredentialsLookup(context.model, before, undefined);
    setCredentialsLookup(context.model, instance, credentials);
    store(data);
    return data;
  }

  override remove(context: ModelContext, _ref: Ref, { data }: StoredVersion, remove: () => void): void {
    setCredentialsLookup(context.model, data.fields.get('instance') as Ref, undefined);
    remove();
  }
}

export const credentialsKind = new CredentialsKind();

function hashIn({ fields }: ObjectValue): string | undefined {
  return fields.get('hashed_password') as string | undefined;
}
