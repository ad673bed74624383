import { NATIVE } from './ids.js';
import { type Cases, match } from './match.js';
import type { Value } from './values.js';

const REF_TYPES: ReadonlyMap<number, string> = new Map([
  [NATIVE.collections, 'Collection Ref'],
  [NATIVE.indexes, 'Index Ref'],
  [NATIVE.databases, 'Database Ref'],
  [NATIVE.keys, 'Key Ref'],
  [NATIVE.functions, 'User Function Ref'],
]);

const UNRESOLVED_REF_TYPES: Readonly<Record<string, string>> = {
  collections: 'Collection Ref',
  classes: 'Collection Ref',
  indexes: 'Index Ref',
  databases: 'Database Ref',
  keys: 'Key Ref',
  functions: 'User Function Ref',
  roles: 'Role Ref',
  access_providers: 'Access Provider Ref',
};

const NAMES: Cases<string> = {
  null: () => 'Null',
  boolean: () => 'Boolean',
  integer: () => 'Integer',
  double: () => 'Double',
  string: () => 'String',
  array: () => 'Array',
  object: () => 'Object',
  bytes: () => 'Bytes',
  uuid: () => 'UUID',
  time: () => 'Time',
  date: () => 'Date',
  transactionTime: () => 'Unresolved Transaction Time',
  ref: ({ collection }) => REF_TYPES.get(collection) ?? 'Ref',
  unresolvedRef: ({ collection }) => {
    if (collection === undefined) return 'Collection Ref';
    return collection.collection === undefined ? (UNRESOLVED_REF_TYPES[collection.id ?? ''] ?? 'Ref') : 'Ref';
  },
  set: () => 'Set',
  lambda: () => 'Lambda',
  page: () => 'Page',
  version: () => 'Object',
  documentEvent: () => 'Object',
  setEvent: () => 'Object',
  cursor: ({ position }) => (Array.isArray(position) ? 'Array' : 'Object'),
  action: () => 'Action',
};

/** The name of a value's type in error messages. */
export function typeName(value: Value): string {
  return match(value, NAMES);
}
