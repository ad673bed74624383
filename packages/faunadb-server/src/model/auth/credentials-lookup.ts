import { Ref } from '../../language/values.js';
import { NATIVE } from '../ids.js';
import type { ModelView } from '../view.js';

/** The kind of lookup; its bytes begin with the database's internal id. */
export const CREDENTIALS = 'credentials';

/** The credentials of a document, of which it has one at most. */
export function credentialsOf(view: ModelView, instance: Ref): Ref | undefined {
  const id = view.lookup(CREDENTIALS, lookupBytes(instance));
  return id && new Ref(instance.scope, NATIVE.credentials, id.readBigInt64BE());
}

/** Says which credentials a document has; without `credentials`, that it has none. */
export function setCredentialsLookup(view: ModelView, instance: Ref, credentials: Ref | undefined): void {
  let id: Buffer | undefined;
  if (credentials) {
    id = Buffer.allocUnsafe(8);
    id.writeBigInt64BE(credentials.id);
  }
  view.setLookup(CREDENTIALS, lookupBytes(instance), id);
}

function lookupBytes({ scope, collection, id }: Ref): Buffer {
  const bytes = Buffer.allocUnsafe(14);
  bytes.writeUInt32BE(scope);
  bytes.writeUInt16BE(collection, 4);
  bytes.writeBigInt64BE(id, 6);
  return bytes;
}
