import type { FieldFailure } from '../../values/failure.js';
import { isUserCollection, NATIVE, nativeName } from '../../values/ids.js';
import { pick, withField } from '../../values/objects.js';
import { Lambda, ObjectValue, Ref, type Value } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { type FieldType, invalidType, map, name, optional, required } from '../base/fields.js';
import type { Writing } from '../base/kind.js';
import { danglingRefs } from '../documents/references.js';
import { NamedKind } from './named.js';

/** The actions of privileges, with the number of parameters of their predicates. */
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

const isCollectionRef = (value: Value) =>
  value instanceof Ref &&
  value.collection === NATIVE.collections &&
  (isUserCollection(Number(value.id)) || nativeName(value.id) !== undefined);

type Path = FieldFailure['field'];

/**
 * A list of records, or a single one. As in FaunaDB, only the first failure of the first invalid record is reported, by
 * the record's own field. A record without a resource is not an error, but the whole list then counts as empty.
 */
function records(type: string, failureOf: (record: ObjectValue) => FieldFailure | undefined): FieldType {
  return {
    name: type,
    check(value, path) {
      for (const record of recordsIn(value)) {
        const failure = record instanceof ObjectValue ? failureOf(record) : invalidType(path, type, record);
        if (failure) return [failure];
        if (!hasResource(record as ObjectValue)) return [];
      }
      return [];
    },
  };
}

const recordsIn = (value: Value): readonly Value[] => (Array.isArray(value) ? (value as readonly Value[]) : [value]);
const hasResource = ({ fields }: ObjectValue) => fields.has('resource');

/**
 * Strings are names and predicates of FQL v10. They are refused by their full path, if nothing else in the list is
 * invalid.
 */
function textFailures(
  data: ObjectValue,
  field: string,
  type: FieldType,
  textsOf: (record: ObjectValue) => FieldFailure[],
): FieldFailure[] {
  const value = data.fields.get(field);
  if (value === undefined || type.check(value, [field]).length > 0) return [];
  const list = recordsIn(value) as readonly ObjectValue[];
  return list.every(hasResource) ? list.flatMap(textsOf) : [];
}

/** What is wrong with a field that is set. */
function fieldFailure(
  { fields }: ObjectValue,
  field: string,
  expected: string,
  is: (value: Value) => boolean,
  path: Path = [field],
): FieldFailure | undefined {
  const value = fields.get(field);
  return value === undefined || is(value) ? undefined : invalidType(path, expected, value);
}

const present = (failures: readonly (FieldFailure | undefined)[]) => failures.filter((f) => f !== undefined);

const isText = (value: Value) => typeof value === 'string';
const isLambda = (value: Value) => value instanceof Lambda;
const actionsOf = (privilege: ObjectValue): ObjectValue => {
  const actions = privilege.fields.get('actions');
  return actions instanceof ObjectValue ? actions : new ObjectValue(new Map());
};

const membership = records('Membership', (member) => {
  const resource = fieldFailure(member, 'resource', 'Class Ref', (v) => isText(v) || isCollectionRef(v));
  if (resource || !hasResource(member)) return resource;
  return fieldFailure(member, 'predicate', 'Query', (v) => isText(v) || isLambda(v));
});

function textsOfMember(member: ObjectValue): FieldFailure[] {
  return present([
    fieldFailure(member, 'resource', 'Ref', (v) => !isText(v), ['membership', 'resource']),
    fieldFailure(member, 'predicate', 'Query', isLambda, ['membership', 'predicate']),
  ]);
}

const privileges = records('Privilege', (privilege) => {
  const resource = fieldFailure(privilege, 'resource', 'Ref', (v) => isText(v) || v instanceof Ref);
  if (resource || !hasResource(privilege)) return resource;
  const actions = fieldFailure(privilege, 'actions', 'RoleAction Map', (v) => v instanceof ObjectValue);
  if (actions) return actions;
  const isAction = (v: Value) => typeof v === 'boolean' || isText(v) || isLambda(v);
  const wrong = [...actionsOf(privilege).fields].find(([, allowed]) => !isAction(allowed));
  return wrong && invalidType(['actions', wrong[0]], 'RoleAction', wrong[1]);
});

function textsOfPrivilege(privilege: ObjectValue): FieldFailure[] {
  const actions = actionsOf(privilege);
  return present([
    fieldFailure(privilege, 'resource', 'Ref', (v) => !isText(v), ['privileges', 'resource']),
    ...[...actions.fields.keys()].map((action) =>
      fieldFailure(actions, action, 'Query', (v) => !isText(v), ['privileges', 'actions', action]),
    ),
  ]);
}

/** Roles define what may be done with which resources, and whose documents are their members. */
class RoleKind extends NamedKind {
  override readonly fields = [
    optional('data', map),
    required('name', name),
    optional('membership', membership),
    optional('privileges', privileges),
  ];
  override readonly allowedInContainer = true;

  override apply(context: ModelContext, previous: ObjectValue, diff: ObjectValue): ObjectValue {
    return super.apply(context, previous, known(diff));
  }

  override checkFields(data: ObjectValue): readonly FieldFailure[] {
    return [
      ...super.checkFields(data),
      ...arityFailures(data),
      ...textFailures(data, 'privileges', privileges, textsOfPrivilege),
      ...textFailures(data, 'membership', membership, textsOfMember),
    ];
  }

  override check({ context, data }: Writing): readonly FieldFailure[] {
    return danglingRefs(context, data);
  }
}

/** Predicates with the wrong number of parameters. As in FaunaDB, lists of records are not checked. */
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

/** Keeps only known fields of memberships and privileges. */
function known(diff: ObjectValue): ObjectValue {
  const kept = eachRecord(diff, 'membership', (member) => pick(member, ['resource', 'predicate']));
  return eachRecord(kept, 'privileges', (privilege) => {
    const picked = pick(privilege, ['resource', 'actions']);
    if (!(picked.fields.get('actions') instanceof ObjectValue)) return picked;
    const actions = new ObjectValue(new Map([...actionsOf(picked).fields].filter(([action]) => ARITIES.has(action))));
    return withField(picked, 'actions', actions.fields.size === 0 ? undefined : actions);
  });
}

function eachRecord(object: ObjectValue, field: string, change: (record: ObjectValue) => ObjectValue): ObjectValue {
  const value = object.fields.get(field);
  const changed = (v: Value) => (v instanceof ObjectValue ? change(v) : v);
  if (Array.isArray(value)) return withField(object, field, (value as readonly Value[]).map(changed));
  return value instanceof ObjectValue ? withField(object, field, change(value)) : object;
}
