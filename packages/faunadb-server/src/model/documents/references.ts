import type { FieldFailure } from '../../values/failure.js';
import { isUserCollection, NATIVE } from '../../values/ids.js';
import { ObjectValue as ObjectClass, type ObjectValue, Ref, UnresolvedRef, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';

type Path = readonly (string | number)[];

/** What a query writes must not refer to other databases or to missing documents. */
export function unwritableRefs(scope: number, value: Value, path: Path): FieldFailure[] {
  if (value instanceof UnresolvedRef) {
    return [{ field: path, code: 'invalid reference', description: 'Cannot read reference.' }];
  }
  if (value instanceof Ref) {
    return value.scope === scope
      ? []
      : [{ field: path, code: 'invalid reference', description: 'Reference cannot be scoped.' }];
  }
  if (value instanceof ObjectClass) {
    return [...value.fields].flatMap(([name, field]) => unwritableRefs(scope, field, [...path, name]));
  }
  if (Array.isArray(value)) {
    return (value as readonly Value[]).flatMap((element, i) => unwritableRefs(scope, element, [...path, String(i)]));
  }
  return [];
}

/** A schema document may only refer to existing documents that the query may read. */
export function danglingRefs(context: ModelContext, data: ObjectValue): FieldFailure[] {
  return refsIn(data, []).flatMap(([field, ref]) => {
    if (ref.collection === NATIVE.collections && !isUserCollection(Number(ref.id))) return [];
    if (!context.auth.permissions.mayRead(context, ref)) {
      return [{ field, code: 'invalid reference', description: 'Cannot read reference.' }];
    }
    if (context.model.documents.read(ref)) return [];
    return [{ field, code: 'invalid reference', description: 'Reference was not found.' }];
  });
}

function refsIn(value: Value, path: Path): (readonly [Path, Ref])[] {
  if (value instanceof Ref) return [[path, value]];
  if (value instanceof ObjectClass) {
    return [...value.fields].flatMap(([name, field]) => refsIn(field, [...path, name]));
  }
  // Unlike in a query's own values, positions in lists are not part of the path.
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap((element) => refsIn(element, path));
  return [];
}
