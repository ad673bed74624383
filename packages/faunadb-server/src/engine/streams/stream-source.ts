import { DocumentsSet } from '../../model/sets/documents.js';
import { MatchSet } from '../../model/sets/match.js';
import { invalidArgument, unresolvedRef } from '../../values/errors.js';
import { isUserCollection, NATIVE } from '../../values/ids.js';
import { typeName } from '../../values/types.js';
import { Ref, UnresolvedRef, type Value, Version } from '../../values/values.js';

/** The source of a stream: a document, or a set. */
export type StreamSource = Ref | MatchSet | DocumentsSet;

/** @throws {Failure} if the value cannot be watched. */
export function streamSource(value: Value): StreamSource {
  if (value instanceof Ref && isUserCollection(value.collection)) return value;
  if (value instanceof Version && isUserCollection(value.ref.collection)) return value.ref;
  if (value instanceof MatchSet) return value;
  if (value instanceof DocumentsSet && value.written === 'documents' && isWatchable(Number(value.collection.id))) {
    return value;
  }
  if (value instanceof UnresolvedRef) throw unresolvedRef(value, undefined);
  throw invalidArgument(`Expected a Document Ref or Version, or a Set Ref, got ${typeName(value)}.`, undefined);
}

/** Whether the documents of a collection can be watched as a set: all but schema documents. */
function isWatchable(collection: number): boolean {
  return isUserCollection(collection) || collection === NATIVE.tokens || collection === NATIVE.credentials;
}
