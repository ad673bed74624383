import type { EvalContext } from '../../../language/context.js';
import type { FieldFailure } from '../../../language/failure.js';
import { Lambda, ObjectValue, Ref, type Value } from '../../../language/values.js';
import { type FieldType, invalidType, map, name, optional, required } from '../../documents/fields.js';
import type { Writing } from '../../documents/kind.js';
import { pick, withField } from '../../documents/patch.js';
import { danglingRefs } from '../../documents/references.js';
import { isUserCollection, NATIVE, nativeName } from '../../ids.js';
import { NamedKind } from '../../schema/kinds/named.js';

/** What may be allowed, and how many parameters a predicate of it has. */
const ARITIES = new Map([
  ['read', 1],
  ['write', 2],
  ['create', 1],
  ['create_with_id', 2],
  ['delete', 1],
  ['history_write', 4],
  ['history_read', 1],
  ['unrestricted_read', 1],
  ['call', 1],
]);
const ACTIONS = [...ARITIES.keys()];

const isCollectionRef = (value: Value) =>
  value instanceof Ref &&
  value.collection === NATIVE.collections &&
  (isUserCollection(Number(value.id)) || nativeName(value.id) !== undefined);

/**
 * A list of records, or one alone. As in FaunaDB, what is wrong with one record's fields is told by the field alone; only
 * where nothing is, texts are refused that are names and predicates of FQL v10, by their whole path.
 */
function records(
  type: string,
  failuresOf: (record: ObjectValue) => FieldFailure[],
  textsOf: (record: ObjectValue, path: FieldFailure['field']) => FieldFailure[],
): FieldType {
  return {
    name: type,
    check(value, path) {
      const list = (Array.isArray(value) ? value : [value]) as readonly Value[];
      const failures = list.flatMap((v) => (v instanceof ObjectValue ? failuresOf(v) : [invalidType(path, type, v)]));
      return failures.length > 0 ? failures : list.flatMap((v) => textsOf(v as ObjectValue, path));
    },
  };
}

/** What is wrong with a field that is there. */
function fieldFailure(
  { fields }: ObjectValue,
  field: string,
  expected: string,
  is: (value: Value) => boolean,
  path: FieldFailure['field'] = [field],
): FieldFailure[] {
  const value = fields.get(field);
  return value === undefined || is(value) ? [] : [invalidType(path, expected, value)];
}

const isText = (value: Value) => typeof value === 'string';
const isLambda = (value: Value) => value instanceof Lambda;
const actionsOf = (privilege: ObjectValue): ObjectValue => {
  const actions = privilege.fields.get('actions');
  return actions instanceof ObjectValue ? actions : new ObjectValue(new Map());
};

const membership = records(
  'Membership',
  (member) => [
    ...fieldFailure(member, 'resource', 'Class Ref', (v) => isText(v) || isCollectionRef(v)),
    ...fieldFailure(member, 'predicate', 'Query', (v) => isText(v) || isLambda(v)),
  ],
  (member, path) => [
    ...fieldFailure(member, 'resource', 'Ref', (v) => !isText(v), [...path, 'resource']),
    ...fieldFailure(member, 'predicate', 'Query', isLambda, [...path, 'predicate']),
  ],
);

const privileges = records(
  'Privilege',
  (privilege) => [
    ...fieldFailure(privilege, 'resource', 'Ref', (v) => isText(v) || v instanceof Ref),
    ...fieldFailure(privilege, 'actions', 'Map', (v) => v instanceof ObjectValue),
    ...ACTIONS.flatMap((action) =>
      fieldFailure(
        actionsOf(privilege),
        action,
        'RoleAction',
        (v) => typeof v === 'boolean' || isText(v) || isLambda(v),
      ),
    ),
  ],
  (privilege, path) => [
    ...fieldFailure(privilege, 'resource', 'Ref', (v) => !isText(v), [...path, 'resource']),
    ...ACTIONS.flatMap((action) =>
      fieldFailure(actionsOf(privilege), action, 'Query', (v) => !isText(v), [...path, 'actions', action]),
    ),
  ],
);

/** Roles say what may be done with which resources, and whose documents are their members. */
class RoleKind extends NamedKind {
  override readonly fields = [
    optional('data', map),
    required('name', name),
    optional('membership', membership),
    optional('privileges', privileges),
  ];
  override readonly allowedInContainer = true;

  override apply(context: EvalContext, previous: ObjectValue, diff: ObjectValue): ObjectValue {
    return super.apply(context, previous, known(diff));
  }

  override check({ context, data }: Writing): readonly FieldFailure[] {
    return [...arityFailures(data), ...danglingRefs(context, data)];
  }
}

/** Predicates of another number of parameters than they are called with. As in FaunaDB, lists of records are not looked into. */
function arityFailures({ fields }: ObjectValue): FieldFailure[] {
  const { membership, privileges } = Object.fromEntries(fields);
  const privilege = privileges instanceof ObjectValue ? actionsOf(privileges).fields : new Map<string, Value>();
  const actions = [...ARITIES].flatMap(([action, arity]) =>
    arityFailure(privilege.get(action), arity, ['privileges', 'actions', action]),
  );
  const predicate = membership instanceof ObjectValue ? membership.fields.get('predicate') : undefined;
  return [...actions, ...arityFailure(predicate, 1, ['membership', 'predicate'])];
}

function arityFailure(predicate: Value | undefined, expected: number, field: FieldFailure['field']): FieldFailure[] {
  if (!(predicate instanceof Lambda) || predicate.arity === expected) return [];
  if (predicate.literal().fields.get('lambda') === '_') return [];
  const description = `Found lambda with arity ${predicate.arity} expected ${expected}`;
  return [{ field, code: 'invalid arity', description }];
}

export const roleKind = new RoleKind();

/** Only what means something is kept of memberships and privileges. */
function known(diff: ObjectValue): ObjectValue {
  const kept = eachRecord(diff, 'membership', (member) => pick(member, ['resource', 'predicate']));
  return eachRecord(kept, 'privileges', (privilege) => {
    const picked = pick(privilege, ['resource', 'actions']);
    if (!(picked.fields.get('actions') instanceof ObjectValue)) return picked;
    const actions = pick(actionsOf(picked), ACTIONS);
    return withField(picked, 'actions', actions.fields.size === 0 ? undefined : actions);
  });
}

function eachRecord(object: ObjectValue, field: string, change: (record: ObjectValue) => ObjectValue): ObjectValue {
  const value = object.fields.get(field);
  const changed = (v: Value) => (v instanceof ObjectValue ? change(v) : v);
  if (Array.isArray(value)) return withField(object, field, (value as readonly Value[]).map(changed));
  return value instanceof ObjectValue ? withField(object, field, change(value)) : object;
}
