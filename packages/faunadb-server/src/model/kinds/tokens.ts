import { omit, sameStored, withField } from '../../values/objects.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import { noteHash } from '../auth/imported.js';
import { hashSecret, newTokenSecret, secretText } from '../auth/secrets.js';
import type { ModelContext } from '../base/context.js';
import { map, optional, ref, required, string, timestamp } from '../base/fields.js';
import { DocumentKind, type Writing } from '../base/kind.js';
import type { StoredVersion } from '../base/stored-version.js';
import { forgetToken, noteToken } from '../refs/token-lookup.js';

/**
 * Tokens act as a document, their `instance`, which need not exist. `replace` resets everything in a token except its
 * id, and so gives it a new secret.
 */
class TokenKind extends DocumentKind {
  override readonly fields = [
    optional('data', map),
    optional('constraints', map),
    optional('ttl', timestamp),
    required('instance', ref),
    optional('hashed_secret', string),
  ];

  override write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    const { context, ref: token, data, previous } = writing;
    const instance = data.fields.get('instance') as Ref;
    const before = previous.fields.get('instance') as Ref | undefined;
    if (before && !sameStored(before, instance)) forgetToken(context.model, token, before);
    noteToken(context.model, token, instance);
    noteHash(context.model, token, previous.fields.get('hashed_secret'), data.fields.get('hashed_secret'));
    const shown = omit(data, ['hashed_secret']);
    if (data.fields.has('hashed_secret')) {
      store(data);
      return shown;
    }
    const secret = newTokenSecret(token.id, token.scope);
    store(withField(data, 'hashed_secret', hashSecret(secret)));
    return withField(shown, 'secret', secretText(secret));
  }

  override remove(context: ModelContext, token: Ref, { data }: StoredVersion, remove: () => void): void {
    forgetToken(context.model, token, data.fields.get('instance') as Ref);
    noteHash(context.model, token, data.fields.get('hashed_secret'), undefined);
    remove();
  }
}

export const tokenKind = new TokenKind();
