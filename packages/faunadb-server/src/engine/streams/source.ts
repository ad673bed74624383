import { DocumentsSet } from '../../model/sets/documents.js';
import { MatchSet } from '../../model/sets/match.js';
import { invalidArgument, unresolvedRef } from '../../values/errors.js';
import { isUserCollection, NATIVE } from '../../values/ids.js';
import { typeName } from '../../values/types.js';
import { Ref, UnresolvedRef, type Value, Version } from '../../values/values.js';

/** What a stream tells of: a document, or what enters and leaves a set. */
export type StreamSource = Ref | MatchSet | DocumentsSet;

/** @throws {Failure} where a value is nothing that can be watched. */
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

/** Whether the documents of a collection can be watched as a set: those that make up no schema. */
function isWatchable(collection: number): boolean {
  return isUserCollection(collection) || collection === NATIVE.tokens || collection === NATIVE.credentials;
}
