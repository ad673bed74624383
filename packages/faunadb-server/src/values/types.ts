import { NATIVE } from './ids.js';
import {
  Action,
  Bytes,
  Cursor,
  DateValue,
  DocumentEvent,
  Lambda,
  Page,
  Ref,
  SetEvent,
  SetValue,
  Time,
  TransactionTime,
  UnresolvedRef,
  Uuid,
  type Value,
  Version,
} from './values.js';

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

/** The name of a value's type, as errors say it. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'bigint':
      return 'Integer';
    case 'number':
      return 'Double';
    case 'string':
      return 'String';
    case 'boolean':
      return 'Boolean';
  }
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'Array';
  if (value instanceof Ref) return REF_TYPES.get(value.collection) ?? 'Ref';
  if (value instanceof UnresolvedRef) {
    if (value.collection === undefined) return 'Collection Ref';
    if (value.collection.collection !== undefined) return 'Ref';
    return UNRESOLVED_REF_TYPES[value.collection.id ?? ''] ?? 'Ref';
  }
  if (value instanceof SetValue) return 'Set';
  if (value instanceof Page) return 'Page';
  if (value instanceof Time) return 'Time';
  if (value instanceof DateValue) return 'Date';
  if (value instanceof Bytes) return 'Bytes';
  if (value instanceof Uuid) return 'UUID';
  if (value instanceof Lambda) return 'Lambda';
  if (value instanceof TransactionTime) return 'Unresolved Transaction Time';
  if (value instanceof Action) return 'Action';
  if (value instanceof Cursor) return Array.isArray(value.position) ? 'Array' : 'Object';
  if (value instanceof Version || value instanceof DocumentEvent || value instanceof SetEvent) return 'Object';
  return 'Object';
}
