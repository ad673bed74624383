import { isHttpsUrl } from '@supertokens-faunadb/java/url';
import type { FieldFailure } from '../../values/failure.js';
import { NATIVE } from '../../values/ids.js';
import { omit, pick, withField } from '../../values/objects.js';
import { Lambda, ObjectValue, Ref, type Value } from '../../values/values.js';
import { isBuiltinRole } from '../auth/as-role.js';
import { AUDIENCE, providerOf } from '../auth/jwt.js';
import type { ModelContext } from '../base/context.js';
import {
  type FieldType,
  invalidType,
  map,
  name,
  optional,
  query,
  required,
  string,
  valueRequired,
} from '../base/fields.js';
import type { Writing } from '../base/kind.js';
import { danglingRefs } from '../documents/references.js';
import { globalIdOf } from '../schema/global-id.js';
import { NamedKind } from './named.js';

const uri: FieldType = {
  name: 'URI',
  check(value, field) {
    if (typeof value !== 'string') return [invalidType(field, 'URI', value)];
    if (isHttpsUrl(value)) return [];
    return [{ field, code: 'invalid uri', description: `\`${value}\` is a not valid URI` }];
  },
};

const isRole = (value: Value | undefined) =>
  typeof value === 'string' || (value instanceof Ref && value.collection === NATIVE.roles);

/** A role or a list of roles, each alone or with a predicate on the token's payload. */
const roles: FieldType = {
  name: 'Role',
  check(value, path) {
    const failures = listOf(value).flatMap((entry) => {
      if (!(entry instanceof ObjectValue)) return isRole(entry) ? [] : [invalidType(path, 'Role', entry)];
      const role = entry.fields.get('role');
      const predicate = entry.fields.get('predicate');
      return [
        ...(role === undefined ? [valueRequired(['role'])] : isRole(role) ? [] : [invalidType(['role'], 'Ref', role)]),
        ...(predicate === undefined ? [valueRequired(['predicate'])] : []),
        ...(predicate === undefined || typeof predicate === 'string' ? [] : query.check(predicate, ['predicate'])),
      ];
    });
    return failures.length > 0 ? failures : listOf(value).flatMap((entry) => textPredicate(entry, path));
  },
};

/** A predicate as text is written in FQL v10. */
function textPredicate(entry: Value, path: FieldFailure['field']): FieldFailure[] {
  const predicate = entry instanceof ObjectValue ? entry.fields.get('predicate') : undefined;
  return predicate === undefined || predicate instanceof Lambda
    ? []
    : [invalidType([...path, 'predicate'], 'Query', predicate)];
}

/** Access providers are identity providers whose JWTs a database trusts. */
class AccessProviderKind extends NamedKind {
  override readonly fields = [
    optional('data', map),
    required('name', name),
    required('issuer', string),
    required('jwks_uri', uri),
    optional('roles', roles),
  ];
  override readonly final = ['audience'];
  override readonly keptByReplace = ['name', 'issuer', 'jwks_uri', 'roles'];
  override readonly allowedInContainer = true;

  /** As in FaunaDB, a list of one role becomes that role here. */
  override beforeReplace(data: ObjectValue): ObjectValue {
    const kept = super.beforeReplace(data);
    const given = kept.fields.get('roles');
    return Array.isArray(given) && given.length === 1 ? withField(kept, 'roles', given[0] as Value) : kept;
  }

  override apply(context: ModelContext, previous: ObjectValue, diff: ObjectValue): ObjectValue {
    const given = diff.fields.get('roles');
    const known = (v: Value) => (v instanceof ObjectValue ? pick(v, ['role', 'predicate']) : v);
    const list = Array.isArray(given) ? (given as readonly Value[]).map(known) : known(given ?? null);
    return super.apply(context, previous, given === undefined ? diff : withField(diff, 'roles', list));
  }

  override check({ context, ref, data }: Writing): readonly FieldFailure[] {
    const failures = [...danglingRefs(context, data), ...roleNameFailures(context, data.fields.get('roles'))];
    const holder = providerOf(context.model, ref.scope, data.fields.get('issuer'));
    if (holder === undefined || holder.id === ref.id) return failures;
    return [{ field: ['issuer'], code: 'duplicate value', description: 'Value is not unique.' }, ...failures];
  }

  override write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    const database = writing.context.model.schema(writing.ref.scope).database;
    const audience = AUDIENCE + (database?.globalId ?? globalIdOf(0n));
    return super.write({ ...writing, data: withField(omit(writing.data, ['audience']), 'audience', audience) }, store);
  }
}

export const accessProviderKind = new AccessProviderKind();

/** Roles given by name must exist, and must not be built in. */
function roleNameFailures(context: ModelContext, given: Value | undefined): FieldFailure[] {
  const names = listOf(given ?? [])
    .map((entry) => (entry instanceof ObjectValue ? entry.fields.get('role') : entry))
    .filter((role) => typeof role === 'string');
  const schema = context.model.committedSchema(context.auth.scope);
  const missing = names.filter((role) => !isBuiltinRole(role) && schema.idOf(NATIVE.roles, role) === undefined);
  return [
    ...missing.map((role) => `Role \`${role}\` does not exist.`),
    ...names.filter(isBuiltinRole).map((role) => `Builtin role \`${role}\` not allowed.`),
  ].map((description) => ({ field: ['roles'], code: 'validation failure', description }));
}

function listOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [value];
}
