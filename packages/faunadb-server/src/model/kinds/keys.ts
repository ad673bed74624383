import type { FieldFailure } from '../../values/failure.js';
import { NATIVE } from '../../values/ids.js';
import { omit, withField } from '../../values/objects.js';
import { type ObjectValue, Ref } from '../../values/values.js';
import { noteHash } from '../auth/imported.js';
import { keyOfSecret, setKeyLookup } from '../auth/key-lookup.js';
import { hashSecret, newKeySecret, parseSecret, secretText } from '../auth/secrets.js';
import type { ModelContext } from '../base/context.js';
import { anything, type FieldType, invalidType, map, optional, required, string, timestamp } from '../base/fields.js';
import { DocumentKind, type RequestedChange, type Writing } from '../base/kind.js';
import type { StoredVersion } from '../base/stored-version.js';
import { danglingRefs } from '../documents/references.js';
import { priority } from './databases.js';
import { roleFailures, roleType } from './role-field.js';

const databaseRef: FieldType = {
  name: 'Database Ref',
  check: (value, path) =>
    value instanceof Ref && value.collection === NATIVE.databases ? [] : [invalidType(path, 'Database Ref', value)],
};

/** Keys open a database with a role. Their secret is shown once; only its hash is stored. */
class KeyKind extends DocumentKind {
  override readonly fields = [
    optional('data', map),
    required('role', roleType),
    optional('database', databaseRef),
    optional('priority', priority),
    optional('ttl', timestamp),
    optional('secret', anything),
    optional('hashed_secret', anything),
  ];
  override readonly final = ['hashed_secret'];
  override readonly allowedInContainer = true;

  /** As in FaunaDB, once a usable secret or hash is given, the other one's type is not checked. */
  override checkChange({ context, ref, diff }: RequestedChange): readonly FieldFailure[] {
    const [given, hashed] = ['secret', 'hashed_secret'].map((field) => diff.fields.get(field) ?? undefined);
    if (typeof given === 'string') return secretFailures(context, ref, given);
    if (typeof hashed === 'string') return [];
    return [
      ...(given === undefined ? [] : string.check(given, ['secret'])),
      ...(hashed === undefined ? [] : string.check(hashed, ['hashed_secret'])),
    ];
  }

  override check({ context, data }: Writing): readonly FieldFailure[] {
    return [...danglingRefs(context, data), ...roleFailures(context, data.fields.get('role'), ['role'])];
  }

  override write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    const view = writing.context.model;
    const { shown, kept } = withSecret(writing);
    const before = writing.previous.fields.get('hashed_secret');
    const hash = kept.fields.get('hashed_secret') as string;
    if (typeof before === 'string' && before !== hash) setKeyLookup(view, before, undefined);
    setKeyLookup(view, hash, writing.ref);
    noteHash(view, writing.ref, before, hash);
    store(kept);
    return shown;
  }

  override remove(context: ModelContext, key: Ref, version: StoredVersion, remove: () => void): void {
    const hash = version.data.fields.get('hashed_secret');
    noteHash(context.model, key, hash, undefined);
    // A version inserted into the past has no secret.
    if (typeof hash === 'string') setKeyLookup(context.model, hash, undefined);
    remove();
  }
}

export const keyKind = new KeyKind();

/** A secret must belong to this key, and to no key elsewhere. */
function secretFailures({ model }: ModelContext, ref: Ref, given: string): FieldFailure[] {
  const field = ['secret'];
  const secret = parseSecret(given);
  if (secret?.kind !== 'key' || secret.id !== ref.id) {
    return [{ field, code: 'invalid secret', description: 'Invalid secret at `List(secret)`' }];
  }
  const owner = keyOfSecret(model, secret);
  if (owner === undefined || owner.scope === ref.scope) return [];
  return [{ field, code: 'duplicate value', description: 'Value is not unique.' }];
}

/** The key as stored and as shown: with its secret if that has just been created. */
function withSecret({ ref, data }: Writing): { readonly kept: ObjectValue; readonly shown: ObjectValue } {
  const kept = omit(data, ['secret']);
  const given = data.fields.get('secret');
  const secret = typeof given === 'string' ? parseSecret(given) : undefined;
  if (secret) {
    const hashed = withField(kept, 'hashed_secret', hashSecret(secret));
    return { kept: hashed, shown: hashed };
  }
  if (kept.fields.has('hashed_secret')) return { kept, shown: kept };
  const made = newKeySecret(ref.id);
  const withHash = (key: ObjectValue) => withField(key, 'hashed_secret', hashSecret(made));
  return { kept: withHash(kept), shown: withHash(withField(kept, 'secret', secretText(made))) };
}
