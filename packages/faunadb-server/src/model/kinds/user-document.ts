import { schemaValidationFailed } from '../../values/errors.js';
import type { FieldFailure } from '../../values/failure.js';
import { omit } from '../../values/objects.js';
import { ObjectValue } from '../../values/values.js';
import { writeCredentials } from '../auth/credentials.js';
import { passwordFailures } from '../auth/password-fields.js';
import { mayGiveHash } from '../auth/passwords.js';
import { anything, invalidType, map, optional, timestamp } from '../base/fields.js';
import { DocumentKind, type RequestedChange, type Writing } from '../base/kind.js';
import { withDefaultTtl } from '../documents/default-ttl.js';

/** The documents of users' collections. */
class UserDocumentKind extends DocumentKind {
  override readonly fields = [
    optional('data', map),
    optional('constraints', map),
    optional('ttl', timestamp),
    optional('credentials', anything),
  ];

  override checkChange({ context, diff, isInserted }: RequestedChange): readonly FieldFailure[] {
    const credentials = diff.fields.get('credentials') ?? null;
    if (credentials === null || isInserted) return [];
    if (credentials instanceof ObjectValue) return passwordFailures(context, credentials, undefined, ['credentials']);
    const fields = ['password', mayGiveHash(context) ? 'hashed_password' : 'current_password'];
    return fields.map((field) => invalidType(['credentials', field], 'Map', credentials));
  }

  override write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    const { context, ref } = writing;
    const credentials = writing.data.fields.get('credentials');
    // Credentials are stored in a document of their own, never in this one.
    const data = withDefaultTtl(context, ref.collection, ref.scope, omit(writing.data, ['credentials']));
    const rules = context.model.schema(ref.scope).collection(ref.collection)?.rules;
    if (rules?.types) {
      const failures = context.typeFailures(ref, data, writing.position);
      if (failures.length > 0) throw schemaValidationFailed(failures, writing.position);
    }
    store(data);
    if (rules?.checks) context.requireConstraints(ref, writing.position);
    if (credentials instanceof ObjectValue) writeCredentials(context, ref, credentials, writing.position);
    return data;
  }
}

export const userDocumentKind = new UserDocumentKind();
