import type { StoredValue } from '../../storage/data.js';
import type { Cursor, DocumentEvent, SetEvent, Value } from '../../values/values.js';
import type { ModelSet } from '../sets/set.js';

/** Where a page begins, or ends: the cursor as the page shows it again, and what of the set lies there. */
export type PagePosition =
  | { readonly kind: 'elements'; readonly shown: Value; readonly bound: Buffer }
  | { readonly kind: 'events'; readonly shown: Value; readonly event: DocumentEvent | SetEvent };

/** Where a page begins by the cursor that another page of the set gives. */
export function positionOf(set: ModelSet, cursor: Cursor): PagePosition {
  return Array.isArray(cursor.position)
    ? { kind: 'elements', shown: cursor, bound: set.bound(cursor.position as StoredValue[]) }
    : { kind: 'events', shown: cursor, event: cursor.position as DocumentEvent | SetEvent };
}
