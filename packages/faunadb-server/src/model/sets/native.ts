import { unresolvedRef, wrongType } from '../../values/errors.js';
import { isUserCollection, NATIVE, nativeName } from '../../values/ids.js';
import type { Position } from '../../values/position.js';
import { Ref, SetValue, UnresolvedRef, type Value } from '../../values/values.js';
import { DocumentsSet } from './documents.js';

/** The set of a native collection's documents, which the collection's ref represents: `Collections()`, `Tokens()`… */
export function nativeSet(ref: Ref): SetValue | undefined {
  if (ref.collection !== NATIVE.collections || isUserCollection(Number(ref.id))) return undefined;
  return nativeName(ref.id) === undefined ? undefined : new DocumentsSet(ref, 'native');
}

/** A ref or a set; the ref of a native collection represents the set of its documents. @throws {Failure} */
export function identifierOf(value: Value, position: Position | undefined): Ref | SetValue {
  if (value instanceof SetValue) return value;
  if (value instanceof Ref) return nativeSet(value) ?? value;
  if (value instanceof UnresolvedRef) throw unresolvedRef(value, position);
  throw wrongType(['Ref', 'Set'], value, position);
}

/** A set; the ref of a native collection represents one. @throws {Failure} */
export function setOf(value: Value, position: Position | undefined): SetValue {
  const found = identifierOf(value, position);
  if (found instanceof SetValue) return found;
  throw wrongType(['Set'], value, position);
}
