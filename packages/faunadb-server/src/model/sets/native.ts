import { isUserCollection, NATIVE, nativeName } from '../../values/ids.js';
import type { Ref, SetValue } from '../../values/values.js';
import { DocumentsSet } from './documents.js';

/** The set of a native collection's documents, for which the collection's ref stands: `Collections()`, `Tokens()`… */
export function nativeSet(ref: Ref): SetValue | undefined {
  if (ref.collection !== NATIVE.collections || isUserCollection(Number(ref.id))) return undefined;
  return nativeName(ref.id) === undefined ? undefined : new DocumentsSet(ref, 'native');
}
