import type { StoredValue } from '../../storage/data.js';
import type { Cursor, DocumentEvent, SetEvent, Value } from '../../values/values.js';
import type { ModelSet } from '../sets/set.js';

/** The beginning or end of a page: the cursor as the page shows it, and its position in the set. */
export type PagePosition =
  | { readonly kind: 'elements'; readonly shown: Value; readonly bound: Buffer }
  | { readonly kind: 'events'; readonly shown: Value; readonly event: DocumentEvent | SetEvent };

/** The position of a cursor from another page of the set. */
export function positionOf(set: ModelSet, cursor: Cursor): PagePosition {
  return Array.isArray(cursor.position)
    ? { kind: 'elements', shown: cursor, bound: set.bound(cursor.position as StoredValue[]) }
    : { kind: 'events', shown: cursor, event: cursor.position as DocumentEvent | SetEvent };
}
