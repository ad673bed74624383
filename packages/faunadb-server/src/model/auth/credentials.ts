import { NATIVE } from '../../values/ids.js';
import type { Position } from '../../values/position.js';
import { ObjectValue, Ref, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { createDocument, updateDocument } from '../documents/access.js';
import { credentialsOf } from '../refs/credentials-lookup.js';
import { SERVER } from './builtin-permissions.js';
import { mayGiveHash, passwordMatches } from './passwords.js';

/**
 * Writes the `credentials` of a document into a separate document. Whoever may write the former may set the password of
 * the latter without the old password.
 */
export function writeCredentials(
  context: ModelContext,
  instance: Ref,
  given: ObjectValue,
  position: Position | undefined,
): void {
  const password = given.fields.get('password') ?? undefined;
  const hashed = mayGiveHash(context) ? (given.fields.get('hashed_password') ?? undefined) : undefined;
  const fields = new Map<string, Value>();
  if (password !== undefined) fields.set('password', password);
  else if (hashed !== undefined) fields.set('hashed_password', hashed);
  else return;
  const asServer = context.with({ auth: { ...context.auth, permissions: SERVER } });
  const credentials = credentialsOf(context.model, instance);
  if (credentials) {
    updateDocument(asServer, credentials, new ObjectValue(fields), 'update', position);
  } else {
    const all = new Ref(instance.scope, NATIVE.collections, BigInt(NATIVE.credentials));
    createDocument(asServer, all, undefined, new ObjectValue(fields.set('instance', instance)), position);
  }
}

/** A hash whose password nobody knows. */
const NOBODYS = '$2y$10$xPlwOGkPfeeeyAt71ZF0iOt3A4ukxtGxDTxtiKNvPuQ7yAfs5t1.6';

/** Whether a document exists, has a password, and this is it. Takes equally long for each reason to say no. */
export function isPasswordOf(context: ModelContext, instance: Ref | undefined, password: string): boolean {
  const credentials = instance && credentialsOf(context.model, instance);
  const hashed = credentials && context.model.documents.read(credentials)?.data.fields.get('hashed_password');
  const isKnown = typeof hashed === 'string';
  return passwordMatches(context, password, isKnown ? hashed : NOBODYS) && isKnown;
}
