import { NATIVE } from '../../values/ids.js';
import { Ref } from '../../values/values.js';
import type { Databases } from '../base/databases.js';

import { refBytes } from './ref-bytes.js';

/** The kind of lookup that finds the credentials of a document. */
export const CREDENTIALS = 'credentials';

/** The credentials of a document; it has at most one. */
export function credentialsOf(view: Databases, instance: Ref): Ref | undefined {
  const credentials = view.keys.lookup(CREDENTIALS, refBytes(instance));
  return credentials && new Ref(instance.scope, NATIVE.credentials, credentials.readBigInt64BE(6));
}

/** Records the credentials of a document; without `credentials`, removes the record. */
export function setCredentialsLookup(view: Databases, instance: Ref, credentials: Ref | undefined): void {
  view.keys.setLookup(CREDENTIALS, refBytes(instance), credentials && refBytes(credentials));
}
