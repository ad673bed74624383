// The indexes and unique constraints that FQL v10 keeps in a collection's document, each over an internal index.
import { NATIVE } from '../../values/ids.js';
import { withField } from '../../values/objects.js';
import { ObjectValue, Ref, type Value } from '../../values/values.js';
import type { Index } from '../base/index-definition.js';

/** The collection whose own index this is; `undefined` if queries have created it by name. */
export function ownerOf({ scope, isHidden, collections }: Index): Ref | undefined {
  const [collection] = isHidden ? (collections ?? []) : [];
  return collection === undefined ? undefined : new Ref(scope, NATIVE.collections, BigInt(collection));
}

/**
 * A collection's document once one of its internal indexes is complete, or cannot be for now. What its indexes are
 * called is stored apart from the internal ones: they become usable when none of these is being filled any more.
 */
export function withBuilt(collection: ObjectValue, index: Index, status: 'complete' | 'failed'): ObjectValue {
  const backings = objectsIn(collection, 'backingIndexes').map((backing) => {
    const of = backing.fields.get('indexID');
    return of instanceof Ref && of.id === index.id ? withField(backing, 'status', status) : backing;
  });
  const data = withField(collection, 'backingIndexes', backings);
  const statuses = new Set(backings.map(({ fields }) => fields.get('status')));
  return statuses.has('building') ? data : withoutPending(data, statuses.has('failed'));
}

function withoutPending(collection: ObjectValue, hasFailed: boolean): ObjectValue {
  const indexes = collection.fields.get('indexes');
  const done = (definition: Value): Value =>
    definition instanceof ObjectValue && definition.fields.get('status') === 'building'
      ? withField(withField(definition, 'status', 'complete'), 'queryable', true)
      : definition;
  const data =
    indexes instanceof ObjectValue
      ? withField(collection, 'indexes', new ObjectValue(new Map([...indexes.fields].map(([k, v]) => [k, done(v)]))))
      : collection;
  if (hasFailed || !collection.fields.has('constraints')) return data;
  const constraints = objectsIn(collection, 'constraints').map((constraint) =>
    constraint.fields.get('status') === 'pending' ? withField(constraint, 'status', 'active') : constraint,
  );
  return withField(data, 'constraints', constraints);
}

function objectsIn({ fields }: ObjectValue, name: string): readonly ObjectValue[] {
  const list = fields.get(name);
  return Array.isArray(list) ? (list as readonly Value[]).filter((each) => each instanceof ObjectValue) : [];
}
