// The shapes of native collections' documents in FQL v10.

import { isUserCollection, NATIVE } from '../../values/ids.js';
import type { ObjectValue } from '../../values/values.js';
import { Ref } from '../../values/values.js';
import {
  ANY_OBJECT,
  array,
  type FieldShape,
  failure,
  literal,
  object,
  oneOrMore,
  optional,
  type Shape,
  scalar,
  union,
  type Validator,
} from '../evaluate/shape.js';
import { isIdentifier } from '../parse/lexical.js';
import { pathValidator } from './index-paths.js';
import { isReservedMember } from './reserved-names.js';
import { expressionValidator, lambdaValidator, schemaTypeValidator, typeValidator } from './source-validators.js';
import { parseUrl } from './url.js';

const text = scalar('String');
const optionalText = optional(text);
const optionalData = optional(ANY_OBJECT);
const time = optional(scalar('Time'));
const boolean = scalar('Boolean');
const internal = (shape: Shape = scalar('Any')): FieldShape => ({ shape, internal: true });

/** Whether a name is valid in a schema. */
export const isName = (name: string): boolean => isIdentifier(name) && name !== '_';

const INVALID_IDENTIFIER = 'Invalid identifier.';
const identifier: Validator = (value, before, path) =>
  typeof value !== 'string' || value === before || isName(value) ? [] : [failure(path, INVALID_IDENTIFIER)];
const roleName: Validator = (value, _, path) => {
  if (typeof value !== 'string') return [];
  if (!isName(value)) return [failure(path, INVALID_IDENTIFIER)];
  return value === 'admin' || value === 'server' ? [failure(path, `The identifier \`${value}\` is reserved.`)] : [];
};
const nonNegative: Validator = (value, _, path) =>
  typeof value === 'bigint' && value < 0n ? [failure(path, 'Non-negative value required.')] : [];
const userDocument: Validator = (value, _, path) =>
  value instanceof Ref && !isUserCollection(value.collection)
    ? [failure(path, 'Expected document from a user-defined collection.')]
    : [];
const httpsUrl: Validator = (value, _, path) =>
  typeof value !== 'string' || parseUrl(value) === 'https'
    ? []
    : [failure(path, `\`${value}\` must be a valid https URI.`)];

const BUILTIN_ROLES = new Set(['admin', 'server', 'server-readonly', 'client']);
const providerRoles: Validator = (value, _, path) => {
  if (!Array.isArray(value)) return [];
  const seen = new Map<string, boolean>();
  return (value as readonly unknown[]).flatMap((each) => {
    const role = typeof each === 'string' ? each : (each as ObjectValue).fields.get('role');
    if (typeof role !== 'string') return [];
    const failures = [];
    if (seen.get(role) === false) {
      failures.push(
        failure(path, `The role \`${role}\` is present more than once, there can only be one entry per role.`),
      );
      seen.set(role, true);
    } else seen.set(role, false);
    if (BUILTIN_ROLES.has(role)) failures.push(failure(path, `Builtin role \`${role}\` not allowed.`));
    return failures;
  });
};

const memberNames =
  (kind: 'document' | 'collection'): Validator =>
  (value, _, path) => {
    if (value === null || value === undefined) return [];
    return [...(value as ObjectValue).fields.keys()].flatMap((name) => {
      if (!isIdentifier(name)) return [failure(path, INVALID_IDENTIFIER)];
      return isReservedMember(kind, name) ? [failure(path, `The name '${name}' is reserved.`)] : [];
    });
  };

const source = union(scalar('Query'), text);
const one = { counts: [1], variable: false };
const action = (...counts: number[]): FieldShape => ({
  shape: optional(union(boolean, text, scalar('Query'))),
  validate: lambdaValidator({ counts, variable: counts[0] === 0 }),
});
const roleAction = object({
  read: action(1),
  create: action(1),
  history_read: action(1),
  history_write: action(4),
  delete: action(1),
  unrestricted_read: action(1),
  create_with_id: action(1, 2),
  call: action(0),
  write: action(2, 3),
});

const indexTerm = object({
  field: { shape: text, validate: pathValidator('term') },
  mva: optional(boolean),
});
const indexValue = object({
  field: { shape: text, validate: pathValidator('value') },
  order: optional(union(literal('asc'), literal('desc'))),
  mva: optional(boolean),
});
const status: FieldShape = {
  shape: optional(union(literal('building'), literal('complete'), literal('failed'))),
  readOnly: true,
};
const queryable = optional(boolean);
const index = union(
  object({ terms: array(indexTerm), status, queryable }),
  object({ values: array(indexValue), status, queryable }),
  object({ terms: array(indexTerm), values: array(indexValue), status, queryable }),
);
const check = object({
  check: object({
    name: { shape: text, validate: identifier },
    body: { shape: text, validate: lambdaValidator(one) },
  }),
});
const unique = object({
  unique: {
    shape: union(array(text), array(object({ field: text, mva: optional(boolean) }))),
    validate: pathValidator('unique'),
  },
  status: { shape: optionalText, readOnly: true },
});
const migration = union(
  object({ backfill: object({ field: text, value: { shape: text, validate: expressionValidator } }) }),
  object({ drop: object({ field: text }) }),
  object({ split: object({ field: text, to: array(text) }) }),
  object({ move: object({ field: text, to: text }) }),
  object({ add: object({ field: text }) }),
  object({ move_conflicts: object({ into: text }) }),
  object({ move_wildcard: object({ into: text }) }),
  object({ add_wildcard: object({}) }),
);

const collection = object({
  name: text,
  alias: optionalText,
  computed_fields: {
    shape: optional(
      object(
        {},
        object({
          body: { shape: text, validate: lambdaValidator(one) },
          signature: { shape: optionalText, validate: typeValidator },
        }),
      ),
    ),
    validate: memberNames('document'),
  },
  fields: {
    shape: optional(
      object(
        {},
        object({
          signature: { shape: text, validate: schemaTypeValidator },
          default: optionalText,
          backfill_value: { shape: scalar('Any'), internal: true, readOnly: true },
        }),
      ),
    ),
    validate: memberNames('document'),
  },
  migrations: optional(array(migration)),
  wildcard: { shape: optionalText, validate: typeValidator },
  history_days: { shape: optional(scalar('Long')), validate: nonNegative, default: () => 0n },
  ttl_days: { shape: optional(scalar('Long')), validate: nonNegative },
  document_ttls: optional(boolean),
  indexes: { shape: optional(object({}, index)), validate: memberNames('collection') },
  backingIndexes: internal(),
  internal_signatures: internal(),
  internal_migrations: internal(),
  constraints: optional(array(union(check, unique))),
  data: optionalData,
  has_class_index: internal(),
  min_valid_time: internal(),
});

const functions = object({
  name: text,
  alias: optionalText,
  role: optionalText,
  body: { shape: source, validate: lambdaValidator(undefined, false) },
  signature: { shape: optionalText, validate: typeValidator },
  internal_sig: internal(),
  data: optionalData,
});

const role = object({
  name: { shape: text, validate: roleName },
  privileges: optional(oneOrMore(object({ resource: text, actions: optional(roleAction) }))),
  membership: optional(
    oneOrMore(object({ resource: text, predicate: { shape: optional(source), validate: lambdaValidator(one) } })),
  ),
  data: optionalData,
});

const accessProvider = object({
  name: { shape: text, validate: identifier },
  issuer: text,
  jwks_uri: { shape: text, validate: httpsUrl },
  roles: {
    shape: optional(
      oneOrMore(union(text, object({ role: text, predicate: { shape: source, validate: lambdaValidator(one) } }))),
    ),
    validate: providerRoles,
  },
  audience: { shape: optionalText, readOnly: true },
  data: optionalData,
});

const database = object({
  name: { shape: text, validate: identifier },
  scope: internal(),
  global_id: { shape: optionalText, readOnly: true },
  priority: optional(scalar('Long')),
  typechecked: optional(boolean),
  protected: optional(boolean),
  container: internal(),
  account: optionalData,
  disabled: internal(),
  active_schema_version: internal(),
  native_schema_version: internal(),
  api_version: internal(),
  region_group: internal(),
  data: optionalData,
});

const key = object({
  role: text,
  database: optional(union(text, { kind: 'document', collection: NATIVE.databases, name: 'Database' })),
  ttl: time,
  secret: { shape: optionalText, readOnly: true },
  hashed_secret: internal(),
  priority: internal(),
  data: optionalData,
});

const document: FieldShape = { shape: scalar('AnyDoc'), alias: 'instance', validate: userDocument };
const token = object({
  document,
  secret: { shape: optionalText, readOnly: true },
  hashed_secret: internal(),
  global_id: internal(),
  constraints: internal(),
  ttl: time,
  data: optionalData,
});

const credential = object({
  document,
  password: optionalText,
  hashed_password: internal(),
  constraints: internal(),
  ttl: internal(),
  data: internal(),
});

type ObjectShape = Shape & { readonly kind: 'object' };

/** The shapes of native collections' documents, by the collections' internal ids. */
export const NATIVE_SHAPES: ReadonlyMap<number, ObjectShape> = new Map(
  (
    [
      [NATIVE.collections, collection],
      [NATIVE.functions, functions],
      [NATIVE.roles, role],
      [NATIVE.access_providers, accessProvider],
      [NATIVE.databases, database],
      [NATIVE.keys, key],
      [NATIVE.tokens, token],
      [NATIVE.credentials, credential],
    ] as const
  ).map(([id, shape]) => [id, shape as ObjectShape]),
);
